import { sleep } from '@waybill/core'
import { createConsumer, type IdempotencyStore, memoryStore } from '@waybill/consumer'
import { defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { Job, jobs, steps } from './support/contracts.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

const keyed = { key: ({ payload }: { payload: { n: number } }) => `${payload.n}` }

describe('an idempotency store that is slow', () => {
  test.each([
    ['stops', 'stop'],
    ['is paused', 'pause'],
  ] as const)('starts nothing when its consumer %s meanwhile', async (_what, what) => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 0 })
    const store = memoryStore({ clock: at.clock })
    const begin: IdempotencyStore['begin'] = async (...args) => (await sleep(at.clock, 6_000), store.begin(...args))
    let runs = 0
    const consumer = createConsumer(at.aws, jobs, {
      waitTime: '1s',
      idempotency: { store: { ...store, begin } },
      handlers: { job: () => void runs++ },
    })
    await consumer.start()
    await at.clock.advance('1s')
    void consumer[what]()
    await at.clock.advance('1m')
    expect({ runs, hidden: at.left().map(({ hidden }) => hidden) }).toEqual({ runs: 0, hidden: [false] })
    // it is free for others
    expect(await store.begin(`${at.aws.queueName(jobs)}/job/id-0`, 'another', 1)).toBe('begun')
  })

  test('and never answers is asked again: it holds no slot for ever', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 20; n++) at.put(Job, { n })
    const store = memoryStore({ clock: at.clock })
    let hangs = true
    let handled = 0
    const faults = new Set<string>()
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store: { ...store, begin: (...args) => (hangs ? new Promise(() => {}) : store.begin(...args)) } },
      handlers: { job: () => void handled++ },
      on: { fault: ({ error }) => void faults.add(error.message) },
    })
    await consumer.start()
    await at.clock.advance('1m')
    hangs = false
    await at.clock.advance('1m')
    expect({ handled, faults: [...faults] }).toEqual({
      handled: 20,
      faults: ['The idempotency store did not answer within 7500 ms.'],
    })
  })

  test('to finish one of a group keeps the deletes of the group in order', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const store = memoryStore({ clock: at.clock })
    const deleted: string[] = []
    at.faults.delete = (make, queue, handles, call) => (deleted.push(...handles), make(queue, handles, call))
    const finish: IdempotencyStore['finish'] = async (key, ...rest) => {
      if (key.endsWith('/0')) await sleep(at.clock, 3_000)
      return store.finish(key, ...rest)
    }
    const consumer = createConsumer(at.aws, steps, {
      idempotency: { store: { ...store, finish }, ...keyed },
      handlers: { job: () => {} },
    })
    await consumer.start()
    await at.clock.advance('1m')
    expect(deleted).toEqual(['m0/1', 'm1/1', 'm2/1'])
  })

  test('to renew a claim does not claim it again after its release', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 0 })
    const store = memoryStore({ clock: at.clock })
    let begins = 0
    const answers: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      retryIn: () => '1s',
      idempotency: {
        store: {
          ...store,
          async begin(...args) {
            if (++begins === 2) await sleep(at.clock, 1_000)
            const answer = await store.begin(...args)
            answers.push(answer)
            return answer
          },
        },
      },
      handlers: {
        async job(_payload, { attempt }) {
          await sleep(at.clock, 15_500)
          if (attempt === 1) throw new Error('once')
        },
      },
    })
    await consumer.start()
    await at.clock.advance('1m')
    expect(answers).not.toContain('in-progress')
    expect(at.left()).toEqual([])
  })
})

test.each([
  ['standard', jobs],
  ['FIFO', steps],
])(
  'keys that the store refuses, while it answers for others, are failed attempts: they stop no %s queue',
  async (_kind, queue) => {
    const at = await virtualSqs(queue)
    for (let n = 0; n < 10; n++) at.put(Job, { n }, { group: `g${n}` })
    const store = memoryStore({ clock: at.clock })
    const begin: IdempotencyStore['begin'] = async (key, ...rest) => {
      if (/\/\d$/.test(key)) throw new Error('invalid byte sequence')
      return store.begin(key, ...rest)
    }
    let handled = 0
    const failed = new Set<string | undefined>()
    const consumer = createConsumer(at.aws, queue, {
      idempotency: { store: { ...store, begin }, ...keyed },
      handlers: { job: () => void handled++ },
      on: { settled: ({ error }) => void failed.add(error?.message) },
    })
    await consumer.start()
    await at.clock.advance('1m')
    for (let n = 10; n < 110; n++) at.put(Job, { n }, { group: `g${n}` })
    await at.clock.advance('20m')
    expect({ handled, failed: [...failed] }).toEqual({ handled: 100, failed: [undefined, 'invalid byte sequence'] })
  },
)

test('a consumer whose store is down goes on by itself, although it holds nothing that would ask again', async () => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 4; n++) at.put(Job, { n })
  const store = memoryStore({ clock: at.clock })
  let down = true
  let handled = 0
  const consumer = createConsumer(at.aws, jobs, {
    waitTime: '1s',
    idempotency: {
      store: { ...store, begin: (...args) => (down ? Promise.reject(new Error('down')) : store.begin(...args)) },
    },
    handlers: { job: () => void handled++ },
  })
  await consumer.start()
  await at.clock.advance('10s')
  // all is given back, and the probe that is due falls into the pause
  consumer.pause()
  await at.clock.advance('16s')
  consumer.resume()
  down = false
  await at.clock.advance('1m')
  expect({ handled, left: at.left() }).toEqual({ handled: 4, left: [] })
})

test('starts of the rate limit are taken by what starts, not by what waits for the store', async () => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 100; n++) at.put(Job, { n })
  const store = memoryStore({ clock: at.clock })
  let down = true
  const starts: number[] = []
  const consumer = createConsumer(at.aws, jobs, {
    concurrency: 50,
    rateLimit: { max: 10, per: '1m' },
    idempotency: {
      store: { ...store, begin: (...args) => (down ? Promise.reject(new Error('down')) : store.begin(...args)) },
    },
    handlers: { job: () => void starts.push(at.clock.now()) },
  })
  await consumer.start()
  await at.clock.advance('10m')
  down = false
  await at.clock.advance('8m')
  const within = starts.map((from) => starts.filter((start) => start >= from && start < from + 60_000).length)
  expect(Math.max(...within)).toBe(10)
  expect(starts.length).toBeGreaterThan(60)
})

test('one renewal that fails lets nobody else begin', async () => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 2; n++) at.put(Job, { n })
  const store = memoryStore({ clock: at.clock })
  const owners = new Set<string>()
  let blips = 0
  let [running, most] = [0, 0]
  const consumer = createConsumer(at.aws, jobs, {
    idempotency: {
      key: () => 'one key',
      store: {
        ...store,
        async begin(key, owner, forMs) {
          if (owners.has(owner) && blips++ === 0) throw new Error('a blip')
          const answer = await store.begin(key, owner, forMs)
          if (answer === 'begun') owners.add(owner)
          await sleep(at.clock, 2_000)
          return answer
        },
      },
    },
    handlers: {
      async job() {
        most = Math.max(most, ++running)
        await sleep(at.clock, 100_000)
        running--
      },
    },
  })
  await consumer.start()
  await at.clock.advance('10m')
  expect({ most, left: at.left() }).toEqual({ most: 1, left: [] })
})

test('what the store began after its deadline is free again', async () => {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 0 })
  const store = memoryStore({ clock: at.clock })
  let first = true
  let handledAt: number | undefined
  const begin: IdempotencyStore['begin'] = async (...args) => {
    if (!first) return store.begin(...args)
    first = false
    await sleep(at.clock, 8_000)
    return store.begin(args[0], args[1], 3_600_000)
  }
  const consumer = createConsumer(at.aws, jobs, {
    idempotency: { store: { ...store, begin } },
    handlers: { job: () => void (handledAt = at.clock.now()) },
  })
  await consumer.start()
  await at.clock.advance('1m')
  expect(handledAt).toBeLessThan(20_000)
})

test('more in progress elsewhere than may be parked is not received again and again', async () => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 1_100; n++) at.put(Job, { n })
  const consumer = createConsumer(at.aws, jobs, {
    idempotency: { store: { ...memoryStore(), begin: async () => 'in-progress' } },
    handlers: { job: () => {} },
  })
  await consumer.start()
  await at.clock.advance('3m')
  expect(new Set(at.left().map(({ receives }) => receives))).toEqual(new Set([0, 1]))
  await at.clock.until(consumer.stop({ cutPolls: true }))
})

test('a duplicate right behind its original in a group is deleted at once', async () => {
  const at = await virtualSqs(steps)
  for (let n = 0; n < 2; n++) at.put(Job, { n: 7 })
  const store = memoryStore({ clock: at.clock })
  const finish: IdempotencyStore['finish'] = async (...args) => (await sleep(at.clock, 50), store.finish(...args))
  const consumer = createConsumer(at.aws, steps, {
    idempotency: { store: { ...store, finish }, ...keyed },
    handlers: { job: () => {} },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(at.left()).toEqual([])
})

test('what is in progress elsewhere for hours burns no receive, and is handled when that has ended', async () => {
  const at = await virtualSqs(steps)
  for (let n = 0; n < 3; n++) at.put(Job, { n })
  const store = memoryStore({ clock: at.clock })
  await store.begin(`${at.aws.queueName(steps)}/job/0`, 'another worker', 6 * 3_600_000)
  const handled: string[] = []
  const consumer = createConsumer(at.aws, steps, {
    idempotency: { store, ...keyed },
    handlers: { job: ({ n }, { attempt, receives }) => void handled.push(`${n} ${attempt} ${receives}`) },
  })
  await consumer.start()
  await at.clock.advance('5h')
  expect(handled).toEqual([])
  await at.clock.advance('2h')
  expect({ handled, dead: at.dead }).toEqual({ handled: ['0 1 1', '1 1 1', '2 1 1'], dead: [] })
})

test.each([
  ['is down', () => Promise.reject(new Error('down'))],
  ['hangs', () => new Promise<void>(() => {})],
])('a stop while the store %s deletes what was handled: it waits for the store no longer', async (_what, finish) => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 3; n++) at.put(Job, { n })
  const store = memoryStore({ clock: at.clock })
  let [runs, asked] = [0, 0]
  const consumer = createConsumer(at.aws, jobs, {
    waitTime: '1s',
    idempotency: { store: { ...store, finish: () => (asked++, finish()) } },
    handlers: {
      // one ends when the time is nearly up
      async job({ n }, { signal }) {
        runs++
        if (n === 0) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
    },
  })
  await consumer.start()
  await at.clock.advance('100ms')
  expect(await at.clock.until(consumer.stop())).toEqual({ released: 0, abandoned: 0 })
  expect({ runs, left: at.left() }).toEqual({ runs: 3, left: [] })
  expect(asked).toBeLessThanOrEqual(6)
})

test('a key that can’t be made is an attempt on FIFO too: its group is not blocked', async () => {
  const few = defineQueue('few', { messages: [Job], fifo: true, group: () => 'g', deadLetter: { attempts: 3 } })
  const at = await virtualSqs(few)
  for (let n = 0; n < 2; n++) at.put(Job, { n })
  const handled: number[] = []
  const consumer = createConsumer(at.aws, few, {
    idempotency: {
      store: memoryStore({ clock: at.clock }),
      key({ payload: { n } }) {
        if (n === 0) throw new Error('no key')
        return `${n}`
      },
    },
    handlers: { job: ({ n }) => void handled.push(n) },
  })
  await consumer.start()
  await at.clock.advance('10m')
  expect({ handled, dead: at.dead.map(({ body }) => body) }).toEqual({ handled: [1], dead: ['{"n":0}'] })
})
