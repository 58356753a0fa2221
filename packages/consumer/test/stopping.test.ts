import { sleep } from '@waybill/core'
import { createConsumer, deadLetter, middleware } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Job, jobs, steps } from './support/contracts.ts'
import { failing, sqsError } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

describe('stop', () => {
  test('keeps to its timeout although releases are refused and leases are long', async () => {
    const long = defineQueue('long', { messages: [Job], visibilityTimeout: '1h' })
    const at = await virtualSqs(long)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const consumer = createConsumer(at.aws, long, {
      handlers: {
        job: {
          concurrency: 1,
          handle: (_payload, { signal }) =>
            new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut')))),
        },
      },
    })
    await consumer.start()
    await at.clock.advance('100ms')
    at.faults.changeVisibility = failing('network', 'later')
    let took: number | undefined
    const before = at.clock.now()
    const stopping = consumer.stop({ timeout: '10s' }).then(() => (took = at.clock.now() - before))
    await at.clock.advance('1m')
    await stopping
    expect(took).toBeLessThanOrEqual(16_000)
  })

  test('aborts the signals of what still runs five seconds before its deadline, and warns of what it could not delete', async () => {
    const at = await virtualSqs(jobs)
    const putAt = new Date(at.clock.epoch())
    at.put(Job, { n: 1 })
    at.put(Job, { n: 2 })
    let aborted: number | undefined
    const consumer = createConsumer(at.aws, jobs, {
      waitTime: '1s',
      handlers: {
        async job({ n }, { signal, sentAt }) {
          expect(sentAt).toEqual(putAt)
          if (n === 1) return
          signal.addEventListener('abort', () => (aborted = at.clock.now()))
          await new Promise(() => {})
        },
      },
    })
    at.faults.delete = failing('service', 'now')
    await consumer.start()
    await at.clock.advance('1s')
    const stopping = consumer.stop()
    await at.clock.advance('30s')
    expect(await stopping).toEqual({ released: 0, abandoned: 1 })
    expect(aborted).toBe(1_000 + 20_000)
    expect(at.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ undeleted: 1 }) }),
    )
  })

  test('lets no batch start whose turn comes after the signals were aborted', async () => {
    const at = await virtualSqs(jobs)
    for (const n of [1, 2]) at.put(Job, { n })
    const batches: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      waitTime: '1s',
      concurrency: 1,
      handlers: {
        job: {
          batch: { size: 1 },
          async handleBatch(items, { signal }) {
            batches.push(items.length)
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          },
        },
      },
    })
    at.faults.receive = (make, queue, request, call) => make(queue, { ...request, max: 10 }, call)
    await consumer.start()
    await at.clock.advance('10ms')
    const stopping = consumer.stop()
    await at.clock.advance('30s')
    expect(await stopping).toEqual({ released: 1, abandoned: 0 })
    expect(batches).toEqual([1])
  })

  test.each([
    ['a batch', { batch: { size: 1 }, timeout: '1h', handleBatch: () => {} }],
    ['a handler', { timeout: '1h', handle: () => {} }],
  ] as const)('leaves no timer, not even of %s that had long to run', async (_what, job) => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { waitTime: '1s', handlers: { job } })
    await consumer.start()
    await at.clock.advance('500ms')
    const stopping = consumer.stop()
    await at.clock.advance('5s')
    await stopping
    expect(at.clock.timers).toBe(0)
  })

  test('with little time aborts signals when half of it is over, cuts the open poll at its end, and lets go', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    let aborted: number | undefined
    let poll: AbortSignal | undefined
    at.faults.receive = (make, queue, request, call) => ((poll = call.signal), make(queue, request, call))
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        job: (_payload, { signal }) => {
          signal.addEventListener('abort', () => (aborted = at.clock.now()))
          return new Promise<void>(() => {})
        },
      },
    })
    await consumer.start()
    await at.clock.advance('1s')
    const stopping = consumer.stop({ timeout: '4s' })
    await at.clock.advance('4s')
    expect(await stopping).toEqual({ released: 0, abandoned: 1 })
    expect({ aborted, poll: poll?.aborted }).toEqual({ aborted: 3_000, poll: true })
    await at.clock.advance('30s')
    expect(at.left().map(({ hidden }) => !hidden)).toEqual([true])
  })

  test('during the start leaves nothing running, whatever the look-up says in the end', async () => {
    for (const end of ['found', 'missing'] as const) {
      const at = await virtualSqs(jobs)
      const found = await at.aws.queue(jobs)
      const looking = Promise.withResolvers<typeof found>()
      let polls = 0
      at.faults.receive = async () => (polls++, [])
      const states: string[] = []
      const consumer = createConsumer({ ...at.aws, queue: () => looking.promise }, jobs, {
        handlers: { job: () => {} },
        on: { state: ({ to }) => void states.push(to) },
      })
      const running = consumer.run()
      const stopping = Promise.all([consumer.stop(), consumer.stop()])
      expect(await running).toEqual({ released: 0, abandoned: 0 })
      expect(await stopping).toHaveLength(2)
      if (end === 'found') looking.resolve(found)
      else looking.reject(sqsError('queue-not-found', 'never'))
      await at.clock.advance('1m')
      expect({ polls, states, timers: at.clock.timers }).toEqual({
        polls: 0,
        states: ['starting', 'stopping', 'stopped'],
        timers: 0,
      })
    }
  })

  test('judges nothing whose turn comes only now: what is invalid is given back too', async () => {
    const at = await virtualSqs(steps)
    const Bad = defineMessage('job', z.object({ text: z.string() }))
    at.put(Job, { n: 1 })
    at.put(Bad, { text: 'not a job' })
    const consumer = createConsumer(at.aws, steps, { waitTime: '1s', handlers: { job: () => sleep(at.clock, 2_000) } })
    await consumer.start()
    await at.clock.advance('1s')
    expect(await at.clock.until(consumer.stop())).toEqual({ released: 1, abandoned: 0 })
    expect({ dead: at.dead, left: at.left() }).toMatchObject({ dead: [], left: [{ hidden: false }] })
  })

  test('counts as given back only what SQS has taken back', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 2; n++) at.put(Job, { n })
    const consumer = createConsumer(at.aws, steps, { waitTime: '1s', handlers: { job: () => sleep(at.clock, 1_000) } })
    await consumer.start()
    await at.clock.advance('500ms')
    at.faults.changeVisibility = failing('access-denied', 'never')
    expect(await at.clock.until(consumer.stop())).toEqual({ released: 0, abandoned: 0 })
  })

  test('at whatever moment of a start that fails is no bug', async () => {
    for (let turns = 0; turns < 30; turns++) {
      const at = await virtualSqs(jobs)
      const looking = Promise.withResolvers<never>()
      const missing = sqsError('queue-not-found', 'never')
      const consumer = createConsumer({ ...at.aws, queue: () => looking.promise }, jobs, {
        handlers: { job: () => {} },
      })
      const starting = consumer.start().then(
        () => undefined,
        (error: unknown) => error,
      )
      await at.clock.advance('1s')
      looking.reject(missing)
      for (let n = 0; n < turns; n++) await Promise.resolve()
      const stopping = consumer.stop()
      expect([undefined, missing]).toContain(await starting)
      expect(await stopping).toEqual({ released: 0, abandoned: 0 })
    }
  })

  test('that is to cut the open poll cuts it at once', async () => {
    const at = await virtualSqs(jobs)
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => {} } })
    await consumer.start()
    await at.clock.advance('1s')
    const before = at.clock.now()
    await at.clock.until(consumer.stop({ cutPolls: true }))
    expect(at.clock.now() - before).toBeLessThan(100)
  })

  test('called twice stops once', async () => {
    const at = await virtualSqs(jobs)
    const states: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      waitTime: '1s',
      handlers: { job: () => {} },
      on: { state: ({ to }) => void states.push(to) },
    })
    await consumer.start()
    await at.clock.advance('500ms')
    const stopping = Promise.all([consumer.stop(), consumer.stop()])
    await at.clock.advance('5s')
    await stopping
    expect(states).toEqual(['starting', 'running', 'stopping', 'stopped'])
  })

  test('gives back what reaches its batch only now', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const slow = middleware(async (_delivery, next) => {
      await sleep(at.clock, 500)
      return next()
    })
    const batches: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      use: [slow],
      waitTime: '1s',
      handlers: { job: { batch: { size: 10, wait: '5m' }, handleBatch: (items) => void batches.push(items.length) } },
    })
    await consumer.start()
    await at.clock.advance('200ms')
    let took: number | undefined
    const stopping = consumer.stop().then((report) => ((took = at.clock.now()), report))
    await at.clock.advance('1m')
    expect(await stopping).toEqual({ released: 1, abandoned: 0 })
    expect({ batches, left: at.left() }).toMatchObject({ batches: [], left: [{ hidden: false }] })
    expect(took).toBeLessThan(2_500)
  })

  test('keeps to its timeout although a visibility call hangs', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => new Promise<void>(() => {}) } })
    at.faults.changeVisibility = () => new Promise(() => {})
    await consumer.start()
    await at.clock.advance('15s')
    let took: number | undefined
    const stopping = consumer.stop({ timeout: '3s' }).then((report) => ((took = at.clock.now() - 15_000), report))
    await at.clock.advance('1m')
    expect(await stopping).toEqual({ released: 0, abandoned: 1 })
    expect(took).toBe(3_000)
  })

  test('counts what it gives back unhandled, not the failed attempts that come again after their back-off', async () => {
    const at = await virtualSqs(jobs)
    for (const n of [1, 2]) at.put(Job, { n })
    const gate = Promise.withResolvers<void>()
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 2,
      waitTime: '1s',
      handlers: {
        job: {
          concurrency: 1,
          async handle() {
            await gate.promise
            throw new Error('down')
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('100ms')
    const stopping = consumer.stop()
    gate.resolve()
    await at.clock.advance('10s')
    expect(await stopping).toEqual({ released: 1, abandoned: 0 })
  })

  test('counts a move to the dead-letter queue that is under way at its deadline as abandoned', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    at.faults.send = async (make, ...args) => {
      await sleep(at.clock, 9_000)
      return make(...args)
    }
    const consumer = createConsumer(at.aws, jobs, { waitTime: '1s', handlers: { job: () => deadLetter('no') } })
    await consumer.start()
    await at.clock.advance('500ms')
    const stopping = consumer.stop({ timeout: '3s' })
    await at.clock.advance('4s')
    expect(await stopping).toEqual({ released: 0, abandoned: 1 })
  })
})
