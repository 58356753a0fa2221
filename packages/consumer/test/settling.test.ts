import { sleep } from '@waybill/core'
import { createConsumer, deadLetter, middleware, retry, type StopReport } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { readProvenance } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { answerLost, failing, refusing, sqsError } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 9 } })
const steps = defineQueue('steps', {
  messages: [Job],
  fifo: true,
  group: () => 'g',
  visibilityTimeout: '10m',
  deadLetter: { attempts: 9 },
})

describe('a delete', () => {
  test('that is refused for want of credentials or permission is tried again: the message was handled', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    let runs = 0
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => void runs++ } })
    at.faults.delete = refusing('access-denied', 'never')
    await consumer.start()
    await at.clock.advance(60_000)
    // It is kept from others meanwhile.
    expect(at.left().map(({ receives }) => receives)).toEqual([1])
    at.faults.delete = undefined
    await at.clock.advance(30_000)
    expect({ runs, left: at.left() }).toEqual({ runs: 1, left: [] })
  })

  test('by an expired handle does not take the delete of the newer handle, or the group, with it', async () => {
    const at = virtualSqs(steps)
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
    await at.clock.advance(100)
    at.faults.changeVisibility = refusing('network', 'later')
    await at.clock.advance(601_000)
    at.faults.changeVisibility = undefined
    at.put(Job, { n: 2 }, { group: 'g' })
    gate.resolve()
    await at.clock.advance(3_000)
    expect(started.get(2)).toBeLessThan(605_000)
    expect(at.left()).toEqual([])
  })
})

describe('a release', () => {
  test('of unknown outcome is not repeated on a standard queue: the message may be another worker’s', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { waitTime: '1s', handlers: { job: () => retry({ delay: '1s' }) } })
    at.faults.changeVisibility = answerLost(at.clock, 5_000)
    await consumer.start()
    await at.clock.advance(10)
    const stopping = consumer.stop()
    await at.clock.advance(60_000)
    await stopping
    expect(at.changes.map(({ handle }) => handle)).toEqual([...new Set(at.changes.map(({ handle }) => handle))])
  })

  test('of unknown outcome is not repeated either when SQS throttles the next try: it may have happened then', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    let runs = 0
    let running = 0
    let most = 0
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        async job() {
          if (++runs === 1) return retry({ delay: '1s' })
          most = Math.max(most, ++running)
          await sleep(at.clock, 20_000)
          running--
          return undefined
        },
      },
    })
    let calls = 0
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      if (++calls === 1) return answerLost(at.clock, 500)(make, queue, entries, call)
      return calls < 4 ? refusing('throttled', 'later')(make, queue, entries) : make(queue, entries, call)
    }
    await consumer.start()
    await at.clock.advance(60_000)
    expect({ most, left: at.left() }).toEqual({ most: 1, left: [] })
    expect(at.changes.filter(({ handle }) => handle === 'm0/1')).toHaveLength(1)
  })

  test('that waits for company is not sent after its lease has ended, while the loop was blocked', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => retry({ delay: '1s' }) } })
    await consumer.start()
    await at.clock.advance(0)
    at.clock.freeze(40_000)
    await at.clock.advance(1_000)
    expect(at.changes.filter(({ handle }) => handle === 'm0/1')).toEqual([])
  })

  test('of a lane, some of which are visible by now, is not repeated: another worker may have those', async () => {
    const at = virtualSqs(steps)
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const consumer = createConsumer(at.aws, steps, { waitTime: '1s', handlers: { job: () => retry() } })
    const [throttled] = await refusing('throttled', 'later')(undefined, { name: '', url: '', fifo: true }, [1])
    const calls: string[][] = []
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      calls.push(entries.map(({ handle }) => handle))
      const [first, ...rest] = await make(queue, entries.slice(0, 1), call)
      return first && throttled ? [first, ...rest, ...entries.slice(1).map(() => throttled)] : []
    }
    await consumer.start()
    await at.clock.advance(10)
    const stopping = consumer.stop()
    await at.clock.advance(30_000)
    await stopping
    expect(calls[0]).toEqual(['m0/1', 'm1/1'])
    expect(calls.flat()).toEqual([...new Set(calls.flat())])
  })

  test('of a lane is tried again until it is done, and counted then', async () => {
    const at = virtualSqs(steps)
    for (const n of [1, 2, 3]) at.put(Job, { n }, { group: 'g' })
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job() {
          throw new Error('down')
        },
      },
    })
    await consumer.start()
    await at.clock.advance(1_000)
    let calls = 0
    at.faults.changeVisibility = (make, ...args) => (calls++ === 0 ? failing('service', 'now')() : make(...args))
    let report: StopReport | undefined
    const stopping = consumer.stop().then((stopped) => (report = stopped))
    await at.clock.advance(25_000)
    await stopping
    expect(report).toEqual({ released: 3, abandoned: 0 })
    expect(at.left().every(({ visibleAt }) => visibleAt <= at.clock.now())).toBe(true)
  })
})

describe('stop', () => {
  test('keeps to its timeout although releases are refused and leases are long', async () => {
    const long = defineQueue('long', { messages: [Job], visibilityTimeout: '1h' })
    const at = virtualSqs(long)
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
    await at.clock.advance(100)
    at.faults.changeVisibility = failing('network', 'later')
    let took: number | undefined
    const before = at.clock.now()
    const stopping = consumer.stop({ timeout: '10s' }).then(() => (took = at.clock.now() - before))
    await at.clock.advance(60_000)
    await stopping
    expect(took).toBeLessThanOrEqual(16_000)
  })

  test('aborts the signals of what still runs five seconds before its deadline, and warns of what it could not delete', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    at.put(Job, { n: 2 })
    let aborted: number | undefined
    const consumer = createConsumer(at.aws, jobs, {
      waitTime: '1s',
      handlers: {
        async job({ n }, { signal, sentAt }) {
          expect(sentAt).toEqual(new Date(0))
          if (n === 1) return
          signal.addEventListener('abort', () => (aborted = at.clock.now()))
          await new Promise(() => {})
        },
      },
    })
    at.faults.delete = failing('service', 'now')
    await consumer.start()
    await at.clock.advance(1_000)
    const stopping = consumer.stop()
    await at.clock.advance(30_000)
    expect(await stopping).toEqual({ released: 0, abandoned: 1 })
    expect(aborted).toBe(1_000 + 20_000)
    expect(at.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ undeleted: 1 }) }),
    )
  })

  test('lets no batch start whose turn comes after the signals were aborted', async () => {
    const at = virtualSqs(jobs)
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
    await at.clock.advance(10)
    const stopping = consumer.stop()
    await at.clock.advance(30_000)
    expect(await stopping).toEqual({ released: 1, abandoned: 0 })
    expect(batches).toEqual([1])
  })

  test('leaves no timer, not even of a batch that had long to run', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, {
      waitTime: '1s',
      handlers: { job: { batch: { size: 1 }, timeout: '1h', handleBatch: () => {} } },
    })
    await consumer.start()
    await at.clock.advance(500)
    const stopping = consumer.stop()
    await at.clock.advance(5_000)
    await stopping
    expect(at.clock.timers).toBe(0)
  })

  test('leaves no timer of a handler that had long to run', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const handlers = { job: { timeout: '1h', handle: () => {} } } as const
    const consumer = createConsumer(at.aws, jobs, { waitTime: '1s', handlers })
    await consumer.start()
    await at.clock.advance(500)
    const stopping = consumer.stop()
    await at.clock.advance(5_000)
    await stopping
    expect(at.clock.timers).toBe(0)
  })

  test('with little time aborts signals when half of it is over, cuts the open poll at its end, and lets go', async () => {
    const at = virtualSqs(jobs)
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
    await at.clock.advance(1_000)
    const stopping = consumer.stop({ timeout: '4s' })
    await at.clock.advance(4_000)
    expect(await stopping).toEqual({ released: 0, abandoned: 1 })
    expect({ aborted, poll: poll?.aborted }).toEqual({ aborted: 3_000, poll: true })
    await at.clock.advance(30_000)
    expect(at.left().map(({ visibleAt }) => visibleAt <= at.clock.now())).toEqual([true])
  })

  test('during the start leaves nothing running, whatever the look-up says in the end', async () => {
    for (const end of ['found', 'missing'] as const) {
      const at = virtualSqs(jobs)
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
      await at.clock.advance(60_000)
      expect({ polls, states, timers: at.clock.timers }).toEqual({
        polls: 0,
        states: ['running', 'stopping', 'stopped'],
        timers: 0,
      })
    }
  })

  test('called twice stops once', async () => {
    const at = virtualSqs(jobs)
    const states: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      waitTime: '1s',
      handlers: { job: () => {} },
      on: { state: ({ to }) => void states.push(to) },
    })
    await consumer.start()
    await at.clock.advance(500)
    const stopping = Promise.all([consumer.stop(), consumer.stop()])
    await at.clock.advance(5_000)
    await stopping
    expect(states).toEqual(['running', 'stopping', 'stopped'])
  })

  test('has a batch handled that an item reaches only now', async () => {
    const at = virtualSqs(jobs)
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
    await at.clock.advance(200)
    let took: number | undefined
    const stopping = consumer.stop().then((report) => ((took = at.clock.now()), report))
    await at.clock.advance(60_000)
    expect(await stopping).toEqual({ released: 0, abandoned: 0 })
    expect({ batches, left: at.left() }).toEqual({ batches: [1], left: [] })
    expect(took).toBeLessThan(2_500)
  })

  test('keeps to its timeout although a visibility call hangs', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => new Promise<void>(() => {}) } })
    at.faults.changeVisibility = () => new Promise(() => {})
    await consumer.start()
    await at.clock.advance(15_000)
    let took: number | undefined
    const stopping = consumer.stop({ timeout: '3s' }).then((report) => ((took = at.clock.now() - 15_000), report))
    await at.clock.advance(60_000)
    expect(await stopping).toEqual({ released: 0, abandoned: 1 })
    expect(took).toBe(3_000)
  })

  test('counts what it gives back unhandled, not the failed attempts that come again after their back-off', async () => {
    const at = virtualSqs(jobs)
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
    await at.clock.advance(100)
    const stopping = consumer.stop()
    gate.resolve()
    await at.clock.advance(10_000)
    expect(await stopping).toEqual({ released: 1, abandoned: 0 })
  })

  test('counts a move to the dead-letter queue that is under way at its deadline as abandoned', async () => {
    const at = virtualSqs(jobs)
    at.put(Job, { n: 1 })
    at.faults.send = async (make, ...args) => {
      await sleep(at.clock, 9_000)
      return make(...args)
    }
    const consumer = createConsumer(at.aws, jobs, { waitTime: '1s', handlers: { job: () => deadLetter('no') } })
    await consumer.start()
    await at.clock.advance(500)
    const stopping = consumer.stop({ timeout: '3s' })
    await at.clock.advance(4_000)
    expect(await stopping).toEqual({ released: 0, abandoned: 1 })
  })
})

describe('the second delivery of a message', () => {
  test('has its own turn when the first has lost its lease: it burns no receive', async () => {
    const at = virtualSqs(jobs)
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
    await at.clock.advance(31_000)
    at.faults.changeVisibility = undefined
    await at.clock.advance(60_000)
    expect({ attempts, left: at.left() }).toEqual({ attempts: [1, 2], left: [] })
  })

  test('that was moved to the dead-letter queue is deleted: neither run nor moved again', async () => {
    const at = virtualSqs(jobs)
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
    await at.clock.advance(5_000)
    expect({ runs, copies: at.dead.length, left: at.left() }).toEqual({ runs: 1, copies: 1, left: [] })
  })
})

test('a FIFO head that is started again after its timeout has a signal of its own', async () => {
  const at = virtualSqs(steps)
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
  await at.clock.advance(10_000)
  expect({ aborted, left: at.left() }).toEqual({ aborted: [false, false], left: [] })
})

test.each([
  ['returned', () => retry()],
  ['forgot to return', () => void retry()],
])('middleware may overrule what the handler %s', async (_how, handle) => {
  const at = virtualSqs(jobs)
  at.put(Job, { n: 1 })
  const forgiving = middleware(async (_delivery, next) => {
    await next()
    return { outcome: 'done' } as const
  })
  let runs = 0
  const consumer = createConsumer(at.aws, jobs, { use: [forgiving], handlers: { job: () => (runs++, handle()) } })
  await consumer.start()
  await at.clock.advance(60_000)
  expect({ runs, left: at.left() }).toEqual({ runs: 1, left: [] })
})

test('a failed attempt comes again after its back-off, at least a second later, and half of it random', async () => {
  const at = virtualSqs(jobs)
  for (let n = 0; n < 40; n++) at.put(Job, { n })
  const consumer = createConsumer(at.aws, jobs, {
    concurrency: 100,
    backoff: { first: '500ms', max: '20s' },
    handlers: { job: ({ n }, { attempt }) => (n % 2 === 0 || attempt < 7 ? retry() : undefined) },
  })
  await consumer.start()
  await at.clock.advance(100)
  expect(new Set(at.changes.map(({ visibilityTimeout }) => visibilityTimeout))).toEqual(new Set([1]))
  await at.clock.advance(120_000)
  const late = at.changes.map(({ visibilityTimeout }) => visibilityTimeout).filter((seconds) => seconds > 8)
  expect(Math.max(...late)).toBeLessThanOrEqual(20)
  expect(new Set(late).size).toBeGreaterThan(3)
})

test('what is not known here yet is left for five minutes, up to half of it less', async () => {
  const at = virtualSqs(jobs)
  for (let n = 0; n < 30; n++) at.put(Job, { n }, { version: 9 })
  const consumer = createConsumer(at.aws, jobs, { concurrency: 100, handlers: { job: () => {} } })
  await consumer.start()
  await at.clock.advance(1_000)
  const seconds = at.changes.map(({ visibilityTimeout }) => visibilityTimeout)
  expect(seconds).toHaveLength(30)
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(150)
  expect(Math.max(...seconds)).toBeLessThanOrEqual(300)
  expect(new Set(seconds).size).toBeGreaterThan(5)
})

test('what is kept for want of a dead-letter queue comes again after the longest back-off', async () => {
  const bare = defineQueue('bare', { messages: [Job] })
  const at = virtualSqs(bare)
  at.put(Job, { n: 1 })
  const consumer = createConsumer(at.aws, bare, { handlers: { job: () => deadLetter('no') } })
  await consumer.start()
  await at.clock.advance(1_000)
  expect(at.changes.map(({ visibilityTimeout }) => visibilityTimeout)).toEqual([900])
})

test('a handler that fails after its lease was lost is not told as settled: somebody else settles the message', async () => {
  const at = virtualSqs(jobs)
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
  await at.clock.advance(35_000)
  at.faults.changeVisibility = undefined
  await at.clock.advance(60_000)
  expect({ told, left: at.left() }).toEqual({ told: ['lost', 'done'], left: [] })
})

test('a message that can not be moved is kept, and told as a retry', async () => {
  const at = virtualSqs(jobs)
  at.put(Job, { n: 1 })
  at.faults.send = refusing('access-denied', 'never') as never
  const outcomes: string[] = []
  const consumer = createConsumer(at.aws, jobs, {
    handlers: { job: () => deadLetter('no') },
    on: { settled: ({ outcome }) => void outcomes.push(outcome) },
  })
  await consumer.start()
  await at.clock.advance(1_000)
  at.faults.send = undefined
  await at.clock.advance(3_600_000)
  expect({ outcomes, dead: at.dead.length, left: at.left() }).toEqual({
    outcomes: ['retry', 'dead-letter'],
    dead: 1,
    left: [],
  })
})

test('a batch handler may return null for nothing', async () => {
  const at = virtualSqs(jobs)
  at.put(Job, { n: 1 })
  const outcomes: string[] = []
  const consumer = createConsumer(at.aws, jobs, {
    handlers: { job: { batch: { size: 1 }, handleBatch: () => null as never } },
    on: { settled: ({ outcome }) => void outcomes.push(outcome) },
  })
  await consumer.start()
  await at.clock.advance(1_000)
  expect(outcomes).toEqual(['done'])
})

test('a receive that fails is an event', async () => {
  const at = virtualSqs(jobs)
  const faults: string[] = []
  at.faults.receive = failing('throttled', 'later')
  const consumer = createConsumer(at.aws, jobs, {
    handlers: { job: () => {} },
    on: { fault: ({ call, error }) => void faults.push(`${call}: ${error.message}`) },
  })
  await consumer.start()
  await at.clock.advance(0)
  expect(faults).toEqual(['receive: SQS says throttled.'])
})

test('a type at its limit does not keep others from being received', async () => {
  const Note = defineMessage('note', z.object({ n: z.int() }))
  const mixed = defineQueue('mixed', { messages: [Job, Note] })
  const at = virtualSqs(mixed)
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
  await at.clock.advance(30_000)
  expect(notes).toBe(5)
})

describe('a queue of others', () => {
  test('whose redrive policy allows fewer receives than attempts has messages moved before SQS would, and a warning', async () => {
    const policy = { deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:ops', maxReceiveCount: 3 }
    const at = virtualSqs(jobs, { queueAttributes: async () => ({ RedrivePolicy: JSON.stringify(policy) }) })
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => retry({ reason: 'down' }) } })
    await consumer.start()
    await at.clock.advance(600_000)
    expect(at.dead.map(({ attributes }) => readProvenance(attributes))).toMatchObject([
      { receives: 3, attempts: 3, reason: 'attempts exhausted (3): down' },
    ])
    expect(at.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ attempts: 9, maxReceiveCount: 3 }) }),
    )
  })

  const found = { deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:ops.fifo', maxReceiveCount: 3 }
  const foreign = defineQueue('foreign', { messages: [Job], fifo: true, group: () => 'g' })

  test('with a redrive policy has its failing head moved after as many attempts: followers are not blocked', async () => {
    const at = virtualSqs(foreign, {
      queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy: JSON.stringify(found) }),
    })
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const runs: number[] = []
    const consumer = createConsumer(at.aws, foreign, {
      handlers: {
        job({ n }) {
          runs.push(n)
          if (n === 1) throw new Error('broken')
        },
      },
    })
    await consumer.start()
    await at.clock.advance(600_000)
    expect(runs).toEqual([1, 1, 1, 2])
    expect(at.dead.map(({ body }) => body)).toEqual(['{"n":1}'])
  })

  test('has a FIFO head run at its first receive, even when that is the last that its redrive policy allows', async () => {
    const once = JSON.stringify({ ...found, maxReceiveCount: 1 })
    const at = virtualSqs(steps, { queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy: once }) })
    at.put(Job, { n: 1 }, { group: 'g' })
    let runs = 0
    const consumer = createConsumer(at.aws, steps, { handlers: { job: () => void runs++ } })
    await consumer.start()
    await at.clock.advance(1_000)
    expect({ runs, dead: at.dead }).toEqual({ runs: 1, dead: [] })
  })

  test.each([
    [
      'whose dead-letter queue may not be looked up',
      { findQueue: () => Promise.reject(sqsError('access-denied', 'never')) },
      found,
    ],
    ['whose redrive policy is an empty text', {}, undefined],
  ])('%s is consumed all the same', async (_what, look, policy) => {
    const RedrivePolicy = policy ? JSON.stringify(policy) : ''
    const at = virtualSqs(foreign, { queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy }) })
    at.put(Job, { n: 1 }, { group: 'g' })
    const queue = await at.aws.queue(foreign)
    const aws = { ...at.aws, queue: async () => queue, admin: { ...at.aws.admin, ...look } }
    let runs = 0
    const consumer = createConsumer(aws, foreign, { handlers: { job: () => void runs++ } })
    await consumer.start()
    await at.clock.advance(1_000)
    expect(runs).toBe(1)
  })
})
