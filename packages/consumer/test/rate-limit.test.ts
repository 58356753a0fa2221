import { createConsumer } from '@waybill/consumer'
import { VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { RateLimit } from '../src/rate-limit.ts'
import { Job, jobs, steps } from './support/contracts.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

/** The most that began within any `per` milliseconds. */
const mostWithin = (per: number, starts: readonly number[]) =>
  Math.max(...starts.map((start) => starts.filter((other) => other >= start && other < start + per).length))

describe('a rate limit', () => {
  test('lets no more than its maximum start in any period, and that many', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 100; n++) at.put(Job, { n })
    const starts: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 50,
      rateLimit: { max: 7, per: '1s' },
      handlers: { job: () => void starts.push(at.clock.now()) },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect(mostWithin(1_000, starts)).toBe(7)
    expect(starts.length).toBeGreaterThanOrEqual(70)
    await at.clock.advance('10s')
    expect(at.left()).toEqual([])
    await at.clock.until(consumer.stop())
    expect(at.clock.timers).toBe(0)
  })

  test('holds few messages that may not start yet, and asks for several at a time', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 200; n++) at.put(Job, { n })
    const asked: number[] = []
    at.faults.receive = (make, queue, request, call) => (asked.push(request.max), make(queue, request, call))
    let started = 0
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 100,
      rateLimit: { max: 10, per: '1s' },
      handlers: { job: () => void started++ },
    })
    await consumer.start()
    await at.clock.advance('15s')
    expect(consumer.health().held).toBeLessThanOrEqual(30)
    expect(started).toBeGreaterThanOrEqual(150)
    expect(asked.length).toBeLessThanOrEqual(started / 4)
  })

  test('keeps slow handlers side by side: a slot waits for a start, not for the handler before', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 10; n++) at.put(Job, { n })
    const starts: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      rateLimit: { max: 1, per: '1s' },
      handlers: {
        async job() {
          starts.push(at.clock.now())
          await new Promise((resolve) => at.clock.after(8_000, () => resolve(undefined)))
        },
      },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect(starts.length).toBe(10)
    expect(mostWithin(1_000, starts)).toBe(1)
  })

  test('counts each attempt of a FIFO message that is tried again in place', async () => {
    const at = await virtualSqs(steps)
    at.put(Job, { n: 1 })
    const starts: number[] = []
    const consumer = createConsumer(at.aws, steps, {
      rateLimit: { max: 1, per: '10s' },
      retryIn: () => '0s',
      handlers: {
        job() {
          starts.push(at.clock.now())
          throw new Error('no')
        },
      },
    })
    await consumer.start()
    await at.clock.advance('35s')
    expect(starts).toHaveLength(4)
    expect(mostWithin(10_000, starts)).toBe(1)
  })

  test('counts the items of a batch singly: no more of them are handled in any period', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 40; n++) at.put(Job, { n })
    const starts: number[] = []
    const sizes: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      rateLimit: { max: 10, per: '1s' },
      handlers: {
        job: {
          batch: { size: 8, wait: '3s' },
          handleBatch(items) {
            sizes.push(items.length)
            starts.push(...items.map(() => at.clock.now()))
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('20s')
    expect(sizes).toEqual([8, 8, 8, 8, 8])
    expect(mostWithin(1_000, starts)).toBeLessThanOrEqual(10)
    expect(at.left()).toEqual([])
  })

  test('gives back what waits for a start when the consumer stops', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const consumer = createConsumer(at.aws, jobs, {
      waitTime: '1s',
      rateLimit: { max: 1, per: '1h' },
      handlers: { job: () => {} },
    })
    await consumer.start()
    await at.clock.advance('5s')
    expect(await at.clock.until(consumer.stop())).toMatchObject({ abandoned: 0 })
    expect(at.left().map(({ hidden }) => hidden)).toEqual([false, false])
    expect(at.clock.timers).toBe(0)
  })

  test('takes those that wait in the order in which they came', async () => {
    const clock = new VirtualClock()
    const limit = new RateLimit(clock, 2, 100, () => {})
    const taken: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) void limit.take().then(() => taken.push(`${name} ${clock.now()}`))
    await clock.advance('1s')
    expect(taken).toEqual(['a 0', 'b 0', 'c 100', 'd 100', 'e 200'])
  })
})

/** A limit, and the order in which those that were told their names may start. */
function limitRig(max: number, per: number) {
  const clock = new VirtualClock()
  const rooms: number[] = []
  const limit = new RateLimit(clock, max, per, () => void rooms.push(clock.now()))
  const started: string[] = []
  const take = (name: string) => void limit.take().then((may) => started.push(may ? name : `${name} not`))
  return { clock, limit, rooms, started, take }
}

describe('the turns of a rate limit', () => {
  test('do not come while it is paused, neither those that were due meanwhile nor new ones; then they do', async () => {
    const { clock, limit, started, take } = limitRig(2, 1_000)
    for (const name of ['a', 'b', 'c']) take(name)
    await clock.advance('0ms')
    limit.pause()
    take('d')
    await clock.advance('5s')
    take('e')
    await clock.advance('5s')
    expect(started).toEqual(['a', 'b'])
    limit.resume()
    await clock.advance('0ms')
    expect(started).toEqual(['a', 'b', 'c', 'd'])
    await clock.advance('1s')
    expect(started).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('are for nobody while it is paused, although nobody waits', async () => {
    const { clock, limit, started, take } = limitRig(1, 1_000)
    limit.pause()
    take('a')
    await clock.advance('5s')
    expect(started).toEqual([])
    limit.resume()
    await clock.advance('0ms')
    expect(started).toEqual(['a'])
  })

  test('are not overtaken when timers ring late', async () => {
    const { clock, started, take } = limitRig(1, 1_000)
    for (const name of ['a', 'b']) take(name)
    clock.freeze('10s')
    take('c')
    await clock.advance('0ms')
    expect(started).toEqual(['a', 'b'])
    await clock.advance('1s')
    expect(started).toEqual(['a', 'b', 'c'])
  })

  test('are given up all together, and leave no timer', async () => {
    const { clock, limit, started, take } = limitRig(1, 1_000)
    for (const name of ['a', 'b', 'c']) take(name)
    limit.giveUp()
    await clock.advance('0ms')
    expect(started).toEqual(['a', 'b not', 'c not'])
    expect(clock.timers).toBe(0)
  })
})

test('a rate limit has room for what may start within a second, as soon as that is half a second’s worth', async () => {
  const { clock, limit, rooms, take } = limitRig(10, 2_000)
  expect(limit.room).toBe(10)
  for (let n = 0; n < 3; n++) take('early')
  await clock.advance('600ms')
  for (let n = 0; n < 7; n++) take('late')
  expect(limit.room).toBe(0)
  await clock.advance('399ms')
  expect({ room: limit.room, rooms }).toEqual({ room: 0, rooms: [] })
  await clock.advance('1ms')
  expect({ room: limit.room, rooms }).toEqual({ room: 3, rooms: [1_000] })
  await clock.advance('600ms')
  expect(limit.room).toBe(10)
})
