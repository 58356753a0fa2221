import { sleep } from '@waybill/core'
import { createConsumer, middleware } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Job, jobs, steps } from './support/contracts.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

describe('a paused consumer', () => {
  test('polls no more and starts nothing, finishes what runs, and goes on when it is resumed', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    let polls = 0
    at.faults.receive = (make, ...args) => (polls++, make(...args))
    const handled: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 1,
      waitTime: '1s',
      handlers: { job: async ({ n }) => (await sleep(at.clock, 500), void handled.push(n)) },
    })
    await consumer.start()
    await at.clock.advance('100ms')
    consumer.pause()
    const before = polls
    await at.clock.advance('1h')
    expect({ handled, more: polls - before, state: consumer.state }).toEqual({ handled: [0], more: 0, state: 'paused' })
    consumer.resume()
    expect(consumer.state).toBe('running')
    await at.clock.advance('5s')
    expect(handled).toEqual([0, 1, 2])
    expect(at.left()).toEqual([])
  })

  test('keeps what has not started through a short pause: it burns no receive', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const receives: number[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        async job(_payload, context) {
          receives.push(context.receives)
          await sleep(at.clock, 1_000)
        },
      },
    })
    await consumer.start()
    await at.clock.advance('500ms')
    consumer.pause()
    await at.clock.advance('4m')
    expect(receives).toEqual([1])
    consumer.resume()
    await at.clock.advance('5s')
    expect(receives).toEqual([1, 1, 1])
    // nor is anything given back half a visibility timeout after a pause that is over
    await at.clock.advance('2m')
    at.put(Job, { n: 3 })
    await at.clock.advance('5s')
    expect(receives).toEqual([1, 1, 1, 1])
  })

  test('gives back what has not started after half a visibility timeout, in the group’s order', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 4; n++) at.put(Job, { n })
    const order: number[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: { job: async ({ n }) => (order.push(n), sleep(at.clock, 1_000)) },
    })
    await consumer.start()
    await at.clock.advance('500ms')
    consumer.pause()
    await at.clock.advance('301s')
    expect(at.left().map(({ hidden }) => hidden)).toEqual([false, false, false])
    expect(consumer.health().held).toBe(0)
    consumer.resume()
    await at.clock.advance('10s')
    expect(order).toEqual([0, 1, 2, 3])
  })

  test('gives back what the open poll brings after that, at once', async () => {
    const at = await virtualSqs(jobs)
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => {} } })
    await consumer.start()
    consumer.pause()
    await at.clock.advance('18s')
    at.put(Job, { n: 1 })
    await at.clock.advance('1s')
    expect(at.left().map(({ hidden, receives }) => ({ hidden, receives }))).toEqual([{ hidden: false, receives: 1 }])
  })

  test('starts no middleware of a batch for what the open poll brings after that', async () => {
    const at = await virtualSqs(jobs)
    let started = 0
    const consumer = createConsumer(at.aws, jobs, {
      handlers: { job: { batch: { size: 10 }, handleBatch: () => {} } },
      on: { started: () => void started++ },
    })
    await consumer.start()
    consumer.pause()
    await at.clock.advance('18s')
    at.put(Job, { n: 1 })
    await at.clock.advance('1s')
    expect({ started, hidden: at.left().map(({ hidden }) => hidden) }).toEqual({ started: 0, hidden: [false] })
  })

  test('hands back a parked group with what is left of its back-off', async () => {
    const at = await virtualSqs(steps)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, steps, {
      retryIn: () => '10m',
      handlers: { job: () => Promise.reject(new Error('no')) },
    })
    await consumer.start()
    await at.clock.advance('60500ms')
    consumer.pause()
    await at.clock.advance('6m')
    // given back half a second after 6 min: of the 10 min not quite 4 are left, and it comes no earlier
    expect(at.changes.at(-1)?.visibilityTimeout).toBe(240)
  })

  test('gives back a batch that waits for its slot', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 2; n++) at.put(Job, { n })
    const sizes: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: { job: { batch: { size: 5, wait: '2s' }, handleBatch: (items) => void sizes.push(items.length) } },
    })
    await consumer.start()
    await at.clock.advance('1s')
    consumer.pause()
    await at.clock.advance('20s')
    expect({ sizes, hidden: at.left().map(({ hidden }) => hidden) }).toEqual({ sizes: [], hidden: [false, false] })
    consumer.resume()
    await at.clock.advance('5s')
    expect(sizes).toEqual([2])
  })

  test('starts no middleware of what would gather for a batch', async () => {
    const at = await virtualSqs(jobs)
    let begun = 0
    const consumer = createConsumer(at.aws, jobs, {
      use: [middleware((_delivery, next) => (begun++, next()))],
      handlers: { job: { batch: { size: 10, wait: '1s' }, handleBatch: () => {} } },
    })
    await consumer.start()
    await at.clock.advance('1s')
    consumer.pause()
    at.put(Job, { n: 0 })
    await at.clock.advance('5s')
    expect(begun).toBe(0)
    consumer.resume()
    await at.clock.advance('5s')
    expect({ begun, left: at.left() }).toEqual({ begun: 1, left: [] })
  })

  test('gives back what gathers for a batch with all else, however long it may gather', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 0 })
    const consumer = createConsumer(at.aws, jobs, {
      handlers: { job: { batch: { size: 10, wait: '1h' }, handleBatch: () => {} } },
    })
    await consumer.start()
    await at.clock.advance('1s')
    consumer.pause()
    await at.clock.advance('16s')
    expect(at.left().map(({ hidden }) => hidden)).toEqual([false])
  })

  test('keeps nothing that fails late, or comes late to its batch', async () => {
    const Note = defineMessage('note', z.object({ n: z.int() }))
    const both = defineQueue('both', {
      messages: [Job, Note],
      fifo: true,
      group: () => 'g',
      deadLetter: { attempts: 9 },
    })
    const at = await virtualSqs(both)
    at.put(Job, { n: 0 }, { group: 'a' })
    at.put(Job, { n: 1 }, { group: 'a' })
    at.put(Note, { n: 2 }, { group: 'b' })
    const consumer = createConsumer(at.aws, both, {
      retryIn: () => '2h',
      use: [middleware(async ({ type }, next) => (type === 'note' && (await sleep(at.clock, 30_000)), next()))],
      handlers: {
        job: async () => {
          await sleep(at.clock, 30_000)
          throw new Error('no')
        },
        note: { batch: { size: 9, wait: '1h' }, handleBatch: () => {} },
      },
    })
    await consumer.start()
    await at.clock.advance('1s')
    consumer.pause()
    await at.clock.advance('1m')
    expect(consumer.health().held).toBe(0)
  })

  test('keeps nothing that waits for a start of its rate limit', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const sizes: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      rateLimit: { max: 1, per: '1m' },
      handlers: { job: { batch: { size: 1 }, handleBatch: (items) => void sizes.push(items.length) } },
    })
    await consumer.start()
    await at.clock.advance('61s')
    consumer.pause()
    at.put(Job, { n: 3 })
    await at.clock.advance('10m')
    expect({ sizes, hidden: at.left().map(({ hidden }) => hidden) }).toEqual({ sizes: [1, 1], hidden: [false, false] })
  })

  test('parks again what fails once it is resumed: that burns no receive', async () => {
    const at = await virtualSqs(steps)
    const receives: number[] = []
    const consumer = createConsumer(at.aws, steps, {
      retryIn: () => '1m',
      handlers: {
        job(_payload, context) {
          receives.push(context.receives)
          if (receives.length === 1) throw new Error('no')
        },
      },
    })
    await consumer.start()
    consumer.pause()
    await at.clock.advance('10m')
    consumer.resume()
    at.put(Job, { n: 0 })
    await at.clock.advance('2m')
    expect(receives).toEqual([1, 1])
  })

  test('can be stopped, and says what it gave back', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const consumer = createConsumer(at.aws, steps, {
      waitTime: '1s',
      handlers: { job: () => sleep(at.clock, 1_000) },
    })
    await consumer.start()
    await at.clock.advance('500ms')
    consumer.pause()
    await at.clock.advance('1m')
    expect(await at.clock.until(consumer.stop())).toEqual({ released: 2, abandoned: 0 })
    expect({ state: consumer.state, timers: at.clock.timers }).toEqual({ state: 'stopped', timers: 0 })
  })

  test('may be paused or resumed twice, and when it has stopped, but not before it has started', async () => {
    const at = await virtualSqs(jobs)
    const states: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: { job: () => {} },
      on: { state: ({ to }) => void states.push(to) },
    })
    expect(() => consumer.pause()).toThrow("The consumer of queue 'jobs' is idle: pause() is for one that has started.")
    await consumer.start()
    consumer.pause()
    consumer.pause()
    consumer.resume()
    consumer.resume()
    await at.clock.until(consumer.stop({ cutPolls: true }))
    // a circuit breaker's timer may ring after a deploy has begun
    consumer.resume()
    consumer.pause()
    expect(states).toEqual(['starting', 'running', 'paused', 'running', 'stopping', 'stopped'])
  })
})
