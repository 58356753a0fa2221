import { createServer } from 'node:http'
import { sleep } from '@waybill/core'
import { createConsumer, healthHandler } from '@waybill/consumer'
import { describe, expect, test } from 'vitest'
import { Job, jobs } from './support/contracts.ts'
import { failing } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

describe('health', () => {
  test('tells the age of the last answered poll, what runs and since when, and what is held', async () => {
    const at = await virtualSqs(jobs)
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => sleep(at.clock, 60_000) } })
    expect(consumer.health()).toEqual({
      state: 'idle',
      lastPollAge: undefined,
      stalledFor: 0,
      running: 0,
      oldestHandlerAge: 0,
      held: 0,
    })
    await consumer.start()
    at.put(Job, { n: 1 })
    await at.clock.advance('100ms')
    at.put(Job, { n: 2 })
    await at.clock.advance('5s')
    expect(consumer.health()).toMatchObject({ state: 'running', running: 2, held: 2 })
    expect(consumer.health().lastPollAge).toBeLessThanOrEqual(5_000)
    expect(consumer.health().oldestHandlerAge).toBeGreaterThan(5_050)
  })

  test('does not take a full consumer, a long poll, an outage of AWS or a pause for a stall', async () => {
    const at = await virtualSqs(jobs)
    let down = false
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 1,
      handlers: { job: () => (down ? undefined : sleep(at.clock, 600_000)) },
    })
    const worst = { stall: 0 }
    const watch = async (minutes: number) => {
      for (let second = 0; second < minutes * 60; second += 5) {
        await at.clock.advance('5s')
        worst.stall = Math.max(worst.stall, consumer.health().stalledFor)
      }
    }
    await consumer.start()
    await watch(5)
    at.put(Job, { n: 1 })
    await watch(11)
    down = true
    at.faults.receive = failing('network', 'later')
    await watch(20)
    expect(consumer.health().lastPollAge).toBeGreaterThan(15 * 60_000)
    at.faults.receive = undefined
    consumer.pause()
    await watch(10)
    expect(worst.stall).toBeLessThan(90_000)
  })

  test('counts a stall from when there was room', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 10; n++) at.put(Job, { n })
    const consumer = createConsumer(at.aws, jobs, {
      handlers: { job: ({ n }) => sleep(at.clock, n === 0 ? 600_000 : 700_000) },
    })
    await consumer.start()
    await at.clock.advance('599s')
    let worst = 0
    for (let look = 0; look < 200; look++) {
      await at.clock.advance('10ms')
      worst = Math.max(worst, consumer.health().stalledFor)
    }
    expect(worst).toBeLessThan(1_000)
  })

  test('takes a consumer that has room and does not poll for stalled', async () => {
    const at = await virtualSqs(jobs)
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => {} } })
    at.faults.receive = () => new Promise(() => {})
    await consumer.start()
    await at.clock.advance('3m')
    expect(consumer.health().stalledFor).toBe(180_000)
  })
})

describe('the health handler', () => {
  async function probed(options?: Parameters<typeof healthHandler>[1]) {
    const at = await virtualSqs(jobs)
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => {} } })
    const server = createServer(healthHandler([consumer], options))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address !== 'object' || !address) throw new Error('The server has no port.')
    return {
      at,
      consumer,
      async get(path: string, method = 'GET') {
        const response = await fetch(`http://127.0.0.1:${address.port}${path}`, { method })
        const body: unknown = response.headers.get('content-type') ? await response.json() : undefined
        return { status: response.status, body }
      },
      async [Symbol.asyncDispose]() {
        await at.clock.until(consumer.stop({ cutPolls: true }))
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }

  test('answers GET /health/ready by the state', async () => {
    await using it = await probed()
    const ready = async () => (await it.get('/health/ready?from=kubelet')).status
    expect(await ready()).toBe(503)
    await it.consumer.start()
    expect(await it.get('/health/ready')).toEqual({
      status: 200,
      body: { ok: true, consumers: [{ queue: 'jobs', state: 'running' }] },
    })
    it.consumer.pause()
    expect(await ready()).toBe(200)
    const stopping = it.consumer.stop()
    expect(await ready()).toBe(503)
    await it.at.clock.until(stopping)
  })

  test('answers GET /health by the stall of a consumer, and tells how each is', async () => {
    await using it = await probed({ maxStall: '1m' })
    await it.consumer.start()
    expect(await it.get('/health')).toMatchObject({
      status: 200,
      body: { ok: true, consumers: [{ queue: 'jobs', state: 'running', stalledFor: 0 }] },
    })
    it.at.faults.receive = () => new Promise(() => {})
    await it.at.clock.advance('3m')
    expect(await it.get('/health')).toMatchObject({ status: 503, body: { ok: false } })
  })

  test('answers GET /health by how long the event loop was blocked since the last one', async () => {
    await using it = await probed({ maxEventLoopDelay: '300ms' })
    expect((await it.get('/health')).status).toBe(200)
    // the measurement begins anew with each answer, at its next tick
    await new Promise((resolve) => setTimeout(resolve, 100))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700)
    const after = await it.get('/health')
    expect(after).toMatchObject({ status: 503, body: { ok: false, eventLoopDelay: expect.any(Number) } })
    expect((await it.get('/health')).status).toBe(200)
  })

  test('takes only GET and HEAD, and only its own paths: a mistyped probe must not pass', async () => {
    await using it = await probed()
    expect((await it.get('/health', 'POST')).status).toBe(405)
    expect((await it.get('/readyz')).status).toBe(404)
    expect([(await it.get('/')).status, (await it.get('/ready')).status]).toEqual([200, 503])
  })

  test('says what is wrong with its consumers and options', async () => {
    const { aws } = await virtualSqs(jobs)
    const consumer = createConsumer(aws, jobs, { handlers: { job: () => {} } })
    const js: (...args: unknown[]) => unknown = healthHandler as never
    expect(() => js([])).toThrow('healthHandler: the list is empty. Write healthHandler([receipts, stock]).')
    expect(() => js(aws.clock)).toThrow(
      'healthHandler: an object is not a list. Write healthHandler([receipts, stock]).',
    )
    expect(() => js([Promise.resolve()])).toThrow(
      'healthHandler: a Promise is no consumer. Give what createConsumer() returned.',
    )
    expect(() => healthHandler([consumer], JSON.parse('{"maxStal":"1m"}'))).toThrow(
      /"?'?maxStal'?"? is not an option of healthHandler/,
    )
    expect(() => healthHandler([consumer], { maxStall: JSON.parse('60') })).toThrow(/maxStall: 60 has no unit/)
  })
})
