import { sleep } from '@waybill/core'
import { createConsumer, deadLetter, middleware, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Job, jobs, steps } from './support/contracts.ts'
import { failing, refusing } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

describe('a delete', () => {
  test('that is refused for want of credentials or permission is tried again: the message was handled', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    let runs = 0
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => void runs++ } })
    at.faults.delete = refusing('access-denied', 'never')
    await consumer.start()
    await at.clock.advance('1m')
    // It is kept from others meanwhile.
    expect(at.left().map(({ receives }) => receives)).toEqual([1])
    at.faults.delete = undefined
    await at.clock.advance('30s')
    expect({ runs, left: at.left() }).toEqual({ runs: 1, left: [] })
  })

  test('by an expired handle does not take the delete of the newer handle, or the group, with it', async () => {
    const at = await virtualSqs(steps)
    at.put(Job, { n: 1 }, { group: 'g' })
    const gate = Promise.withResolvers<void>()
    const started = new Map<number, number>()
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        async job({ n }) {
          started.set(n, at.clock.now())
          if (n === 1) await gate.promise
        },
      },
    })
    await consumer.start()
    await at.clock.advance('100ms')
    at.faults.changeVisibility = refusing('network', 'later')
    await at.clock.advance('601s')
    at.faults.changeVisibility = undefined
    at.put(Job, { n: 2 }, { group: 'g' })
    gate.resolve()
    await at.clock.advance('3s')
    expect(started.get(2)).toBeLessThan(605_000)
    expect(at.left()).toEqual([])
  })
})

test('while nothing can be deleted or extended, a consumer takes no more than it may hold; it goes on when that is over', async () => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 50; n++) at.put(Job, { n })
  let runs = 0
  const consumer = createConsumer(at.aws, jobs, { concurrency: 1, handlers: { job: () => void runs++ } })
  at.faults.delete = failing('access-denied', 'never')
  at.faults.changeVisibility = failing('access-denied', 'never')
  await consumer.start()
  await at.clock.advance('2h')
  // ten for each slot, none of them twice, and no stall that a restart would mend
  expect({ runs, held: consumer.health().held, stalledFor: consumer.health().stalledFor }).toEqual({
    runs: 10,
    held: 10,
    stalledFor: 0,
  })
  at.faults.delete = undefined
  at.faults.changeVisibility = undefined
  await at.clock.advance('1m')
  expect({ runs, left: at.left(), dead: at.dead }).toEqual({ runs: 50, left: [], dead: [] })
})

describe('the second delivery of a message', () => {
  test('has its own turn when the first has lost its lease: it burns no receive', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const attempts: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        async job(_payload, { attempt, signal }) {
          attempts.push(attempt)
          if (attempt > 1) return
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          await sleep(at.clock, 5_000)
          throw new Error('gone')
        },
      },
    })
    await consumer.start()
    at.faults.changeVisibility = refusing('network', 'later')
    await at.clock.advance('31s')
    at.faults.changeVisibility = undefined
    await at.clock.advance('1m')
    expect({ attempts, left: at.left() }).toEqual({ attempts: [1, 2], left: [] })
  })

  test('that was moved to the dead-letter queue is deleted: neither run nor moved again', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    at.faults.receive = async (make, ...args) => (await make(...args)).flatMap((message) => [message, message])
    let runs = 0
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        async job() {
          runs++
          await new Promise<void>((resolve) => at.clock.after(1_000, resolve))
          return deadLetter('no')
        },
      },
    })
    await consumer.start()
    await at.clock.advance('5s')
    expect({ runs, copies: at.dead.length, left: at.left() }).toEqual({ runs: 1, copies: 1, left: [] })
  })
})

test('a FIFO head that is started again after its timeout has a signal of its own', async () => {
  const at = await virtualSqs(steps)
  at.put(Job, { n: 1 }, { group: 'g' })
  const aborted: boolean[] = []
  const consumer = createConsumer(at.aws, steps, {
    backoff: { first: '1s', max: '1s' },
    handlers: {
      job: {
        timeout: '1s',
        async handle(_payload, { attempt, signal }) {
          aborted.push(signal.aborted)
          if (attempt === 1) await sleep(at.clock, 2_000)
          signal.throwIfAborted()
        },
      },
    },
  })
  await consumer.start()
  await at.clock.advance('10s')
  expect({ aborted, left: at.left() }).toEqual({ aborted: [false, false], left: [] })
})

test.each([
  ['returned', () => retry()],
  ['forgot to return', () => void retry()],
])('middleware may overrule what the handler %s', async (_how, handle) => {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 1 })
  const forgiving = middleware(async (_delivery, next) => {
    await next()
    return { outcome: 'done' } as const
  })
  let runs = 0
  const consumer = createConsumer(at.aws, jobs, { use: [forgiving], handlers: { job: () => (runs++, handle()) } })
  await consumer.start()
  await at.clock.advance('1m')
  expect({ runs, left: at.left() }).toEqual({ runs: 1, left: [] })
})

test('middleware that forgets to return what it made is taken at its word, and warned about once', async () => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 2; n++) at.put(Job, { n })
  const forgetful = middleware(async (_delivery, next) => {
    await next()
    retry({ reason: 'not yet' })
    return undefined as never
  })
  const outcomes: string[] = []
  const consumer = createConsumer(at.aws, jobs, {
    use: [forgetful],
    handlers: { job: () => {} },
    on: { settled: ({ outcome, reason }) => void outcomes.push(`${outcome} ${reason}`) },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(outcomes).toEqual(['retry not yet', 'retry not yet'])
  expect(at.lines.filter(({ message }) => message.startsWith('a middleware of job made retry()'))).toHaveLength(1)
})

test('a handler that fails after its lease was lost is not told as settled: somebody else settles the message', async () => {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 1 })
  const told: string[] = []
  const consumer = createConsumer(at.aws, jobs, {
    handlers: {
      async job(_payload, { receives }) {
        if (receives > 1) return
        await sleep(at.clock, 40_000)
        throw new Error('too late')
      },
    },
    on: {
      settled: ({ outcome }) => void told.push(outcome),
      'lease-lost': () => void told.push('lost'),
    },
  })
  at.faults.changeVisibility = refusing('network', 'later')
  await consumer.start()
  await at.clock.advance('35s')
  at.faults.changeVisibility = undefined
  await at.clock.advance('1m')
  expect({ told, left: at.left() }).toEqual({ told: ['lost', 'done'], left: [] })
})

test('a message that can not be moved is kept, and told as a retry', async () => {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 1 })
  at.faults.send = refusing('access-denied', 'never') as never
  const outcomes: string[] = []
  const consumer = createConsumer(at.aws, jobs, {
    handlers: { job: () => deadLetter('no') },
    on: { settled: ({ outcome }) => void outcomes.push(outcome) },
  })
  await consumer.start()
  await at.clock.advance('1s')
  at.faults.send = undefined
  await at.clock.advance('1h')
  expect({ outcomes, dead: at.dead.length, left: at.left() }).toEqual({
    outcomes: ['retry', 'dead-letter'],
    dead: 1,
    left: [],
  })
})

test('a batch handler may return null for nothing', async () => {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 1 })
  const outcomes: string[] = []
  const consumer = createConsumer(at.aws, jobs, {
    handlers: { job: { batch: { size: 1 }, handleBatch: () => null as never } },
    on: { settled: ({ outcome }) => void outcomes.push(outcome) },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(outcomes).toEqual(['done'])
})

test('a receive that fails is an event', async () => {
  const at = await virtualSqs(jobs)
  const faults: string[] = []
  at.faults.receive = failing('throttled', 'later')
  const consumer = createConsumer(at.aws, jobs, {
    handlers: { job: () => {} },
    on: { fault: ({ call, error }) => void faults.push(`${call}: ${error.message}`) },
  })
  await consumer.start()
  await at.clock.advance('0ms')
  expect(faults).toEqual(['receive: SQS says throttled.'])
})

test('types with limits of their own share the slots of the consumer', async () => {
  const Note = defineMessage('note', z.object({ n: z.int() }))
  const mixed = defineQueue('mixed', { messages: [Job, Note] })
  const at = await virtualSqs(mixed)
  at.put(Job, { n: 1 })
  at.put(Note, { n: 2 })
  at.faults.receive = (make, queue, request, call) => make(queue, { ...request, max: 10 }, call)
  let running = 0
  let most = 0
  const handle = async () => {
    most = Math.max(most, ++running)
    await sleep(at.clock, 1_000)
    running--
  }
  const handlers = { job: { concurrency: 1, handle }, note: { concurrency: 1, handle } }
  const consumer = createConsumer(at.aws, mixed, { concurrency: 1, handlers })
  await consumer.start()
  await at.clock.advance('10s')
  expect({ most, left: at.left() }).toEqual({ most: 1, left: [] })
})

test('a type at its limit does not keep others from being received', async () => {
  const Note = defineMessage('note', z.object({ n: z.int() }))
  const mixed = defineQueue('mixed', { messages: [Job, Note] })
  const at = await virtualSqs(mixed)
  for (let n = 0; n < 12; n++) at.put(Job, { n })
  for (let n = 0; n < 5; n++) at.put(Note, { n })
  let notes = 0
  const consumer = createConsumer(at.aws, mixed, {
    concurrency: 10,
    handlers: {
      job: { concurrency: 1, handle: () => new Promise<void>((resolve) => at.clock.after(60_000, resolve)) },
      note: () => void notes++,
    },
  })
  await consumer.start()
  await at.clock.advance('30s')
  expect(notes).toBe(5)
})
