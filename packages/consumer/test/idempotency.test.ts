import { sleep } from '@waybill/core'
import { createConsumer, deadLetter, type IdempotencyStore, memoryStore, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Job, jobs, steps } from './support/contracts.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

/** A memory store on the rig's clock, what it was asked, and the key of the first job. */
function storeOf({ aws, clock }: Awaited<ReturnType<typeof virtualSqs>>) {
  const store = memoryStore({ clock })
  const asked: string[] = []
  const down = { begin: false, finish: false, release: false }
  const ask =
    <Args extends readonly unknown[], T>(name: keyof typeof down, call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      asked.push(name)
      if (down[name]) throw new Error('the store is down')
      return call(...args)
    }
  const watched: IdempotencyStore = {
    begin: ask('begin', store.begin),
    finish: ask('finish', store.finish),
    release: ask('release', store.release),
  }
  return { store: watched, asked, down, firstKey: `${aws.queueName(jobs)}/job/id-0` }
}

describe('with an idempotency store', () => {
  test('a message is handled once, however often it was sent: its duplicates are deleted', async () => {
    const at = await virtualSqs(jobs)
    const { store } = storeOf(at)
    for (let n = 0; n < 3; n++) at.put(Job, { n: 1 })
    let runs = 0
    const duplicates: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 1,
      idempotency: { store, key: ({ payload }) => JSON.stringify(payload) },
      handlers: { job: () => void runs++ },
      on: { duplicate: ({ type, id }) => void duplicates.push(`${type} ${id}`) },
    })
    await consumer.start()
    await at.clock.advance('5s')
    expect({ runs, duplicates, left: at.left() }).toEqual({
      runs: 1,
      duplicates: ['job id-1', 'job id-2'],
      left: [],
    })
  })

  test('one that is in progress elsewhere is left alone, uncounted, until that has ended', async () => {
    const at = await virtualSqs(jobs)
    const { firstKey, store } = storeOf(at)
    at.put(Job, { n: 1 })
    await store.begin(firstKey, 'another worker', 20 * 60_000)
    const attempts: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store },
      handlers: { job: (_payload, { attempt }) => void attempts.push(attempt) },
    })
    await consumer.start()
    await at.clock.advance('19m')
    expect({ attempts, dead: at.dead }).toEqual({ attempts: [], dead: [] })
    // it is asked about at longer and longer intervals
    expect(at.left()[0]?.receives).toBeLessThan(10)
    await at.clock.advance('16m')
    expect(attempts).toHaveLength(1)
    expect(at.left()).toEqual([])
  })

  test('two messages of one key never run at once, in one process either', async () => {
    const at = await virtualSqs(jobs)
    const { store } = storeOf(at)
    for (let n = 0; n < 2; n++) at.put(Job, { n })
    let running = 0
    let most = 0
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store, key: () => 'the same' },
      handlers: {
        async job() {
          most = Math.max(most, ++running)
          await sleep(at.clock, 1_000)
          running--
          return retry({ delay: '1s' })
        },
      },
    })
    await consumer.start()
    await at.clock.advance('2m')
    expect(most).toBe(1)
  })

  test('a claim is renewed for as long as its handler runs, and forgotten when it fails', async () => {
    const at = await virtualSqs(jobs)
    const { firstKey, store } = storeOf(at)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store },
      backoff: { first: '10m' },
      handlers: {
        async job() {
          await sleep(at.clock, 180_000)
          throw new Error('no')
        },
      },
    })
    await consumer.start()
    for (let minute = 0; minute < 2; minute++) {
      await at.clock.advance('1m')
      expect(await store.begin(firstKey, 'another worker', 1)).toBe('in-progress')
    }
    await at.clock.advance('61s')
    expect(await store.begin(firstKey, 'another worker', 1)).toBe('begun')
  })

  test('a dead worker’s claim ends with its message’s visibility timeout', async () => {
    const at = await virtualSqs(jobs)
    const { firstKey, store } = storeOf(at)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store },
      handlers: { job: () => new Promise<void>(() => {}) },
    })
    at.faults.changeVisibility = () => new Promise(() => {})
    await consumer.start()
    await at.clock.advance('1m')
    expect(await store.begin(firstKey, 'another worker', 1)).toBe('begun')
  })

  test.each([
    ['standard', jobs],
    ['FIFO', steps],
  ])(
    'a store that is down is asked again, on a %s queue: nothing is run blindly, moved or lost, and no attempt is spent',
    async (_kind, queue) => {
      const at = await virtualSqs(queue)
      const { asked, down, store } = storeOf(at)
      for (let n = 0; n < 3; n++) at.put(Job, { n })
      down.begin = true
      const handled: string[] = []
      const faults: string[] = []
      const consumer = createConsumer(at.aws, queue, {
        idempotency: { store },
        handlers: { job: ({ n }, { attempt, receives }) => void handled.push(`${n} ${attempt} ${receives}`) },
        on: { fault: ({ call, error }) => void faults.push(`${call}: ${error.message}`) },
      })
      await consumer.start()
      await at.clock.advance('20m')
      expect({ handled, dead: at.dead }).toEqual({ handled: [], dead: [] })
      expect(new Set(faults)).toEqual(new Set(['idempotency: the store is down']))
      expect(asked.length).toBeLessThan(400)
      expect(at.lines.filter(({ message }) => message.includes('idempotency failed')).length).toBeLessThan(10)
      down.begin = false
      await at.clock.advance('30s')
      expect(at.lines).toContainEqual(expect.objectContaining({ level: 'info', message: 'idempotency works again' }))
      expect(handled.toSorted()).toEqual(['0 1 1', '1 1 1', '2 1 1'])
      expect(at.left()).toEqual([])
    },
  )

  test('a consumer whose store is down receives little more than it can handle, and gives that back when it stops', async () => {
    const at = await virtualSqs(jobs)
    const { down, store } = storeOf(at)
    for (let n = 0; n < 30; n++) at.put(Job, { n })
    down.begin = true
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 3,
      waitTime: '1s',
      idempotency: { store },
      handlers: { job: () => {} },
    })
    await consumer.start()
    await at.clock.advance('5m')
    // three, and one each half a minute, to see whether the store answers for others
    const { held } = consumer.health()
    expect(held).toBeGreaterThan(3)
    expect(held).toBeLessThanOrEqual(25)
    expect(at.left().map(({ receives }) => receives)).not.toContain(2)
    expect(await at.clock.until(consumer.stop())).toEqual({ released: held, abandoned: 0 })
    expect({ timers: at.clock.timers, hidden: at.left().filter(({ hidden }) => hidden) }).toEqual({
      timers: 0,
      hidden: [],
    })
  })

  test('a paused consumer does not ask: nothing starts when its store is back', async () => {
    const at = await virtualSqs(jobs)
    const { asked, down, store } = storeOf(at)
    at.put(Job, { n: 1 })
    down.begin = true
    let runs = 0
    const consumer = createConsumer(at.aws, jobs, { idempotency: { store }, handlers: { job: () => void runs++ } })
    await consumer.start()
    await at.clock.advance('3s')
    consumer.pause()
    down.begin = false
    const before = asked.length
    await at.clock.advance('10m')
    expect({ runs, more: asked.length - before, hidden: at.left().map(({ hidden }) => hidden) }).toEqual({
      runs: 0,
      more: 0,
      hidden: [false],
    })
    consumer.resume()
    await at.clock.advance('1m')
    expect({ runs, left: at.left() }).toEqual({ runs: 1, left: [] })
  })

  test.each([
    ['undefined', () => JSON.parse('null')],
    ['empty', () => ''],
  ])('a key that is %s is a failed attempt: it would make one piece of work of all messages', async (_what, key) => {
    const at = await virtualSqs(jobs)
    const { store } = storeOf(at)
    at.put(Job, { n: 1 })
    const errors: unknown[] = []
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store, key },
      handlers: { job: () => {} },
      on: { settled: ({ error, outcome }) => void errors.push([outcome, error?.message]) },
    })
    await consumer.start()
    await at.clock.advance('1s')
    expect(errors).toEqual([['retry', expect.stringMatching(/for a message of job is no key\. Return a text/)]])
  })

  test('messages of two types may have one key: they are not the same work', async () => {
    const Note = defineMessage('note', z.object({ n: z.int() }))
    const mixed = defineQueue('mixed', { messages: [Job, Note] })
    const at = await virtualSqs(mixed)
    const { store } = storeOf(at)
    at.put(Job, { n: 7 })
    at.put(Note, { n: 7 })
    const handled: string[] = []
    const consumer = createConsumer(at.aws, mixed, {
      idempotency: { store, key: ({ payload }) => String(payload.n) },
      handlers: { job: () => void handled.push('job'), note: () => void handled.push('note') },
    })
    await consumer.start()
    await at.clock.advance('1s')
    expect(handled.toSorted()).toEqual(['job', 'note'])
  })

  test.each([
    ['standard', jobs],
    ['FIFO', steps],
  ])('a failed message finds its claim free, however slow the store is, on a %s queue', async (_kind, queue) => {
    const at = await virtualSqs(queue)
    const memory = memoryStore({ clock: at.clock })
    const slow: IdempotencyStore = {
      ...memory,
      release: async (...args) => (await sleep(at.clock, 2_000), memory.release(...args)),
    }
    at.put(Job, { n: 1 })
    const starts: number[] = []
    const consumer = createConsumer(at.aws, queue, {
      idempotency: { store: slow },
      handlers: {
        job(_payload, { attempt }) {
          starts.push(at.clock.now())
          return attempt === 1 ? retry({ delay: '0s' }) : undefined
        },
      },
    })
    await consumer.start()
    await at.clock.advance('3s')
    expect(starts).toHaveLength(2)
  })

  test('a follower in a FIFO batch that was handled elsewhere is deleted after the head that failed', async () => {
    const at = await virtualSqs(steps)
    const { store } = storeOf(at)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    await store.finish(`${at.aws.queueName(steps)}/job/id-1`, 'another worker', 3_600_000)
    const handled: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      idempotency: { store },
      retryIn: () => '5s',
      handlers: {
        job: {
          batch: { size: 10, wait: '1s' },
          handleBatch(items) {
            for (const { context, payload } of items) handled.push(`${payload.n} receive ${context.receives}`)
            if (handled.length === 1) throw new Error('not yet')
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('30s')
    expect(handled).toEqual(['0 receive 1', '0 receive 1', '2 receive 1'])
    expect(at.left()).toEqual([])
  })

  test('a success is told to the store before the message is deleted, and told again until the store has it', async () => {
    const at = await virtualSqs(jobs)
    const { down, firstKey, store } = storeOf(at)
    at.put(Job, { n: 1 })
    down.finish = true
    let runs = 0
    const consumer = createConsumer(at.aws, jobs, { idempotency: { store }, handlers: { job: () => void runs++ } })
    await consumer.start()
    await at.clock.advance('2s')
    expect(at.left()).toHaveLength(1)
    down.finish = false
    await at.clock.advance('10s')
    expect({ runs, left: at.left(), store: await store.begin(firstKey, 'another', 1) }).toEqual({
      runs: 1,
      left: [],
      store: 'done',
    })
  })

  test('a dead letter is not done: its redrive is handled', async () => {
    const at = await virtualSqs(jobs)
    const { firstKey, store } = storeOf(at)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { idempotency: { store }, handlers: { job: () => deadLetter('no') } })
    await consumer.start()
    await at.clock.advance('5s')
    expect(at.dead).toHaveLength(1)
    expect(await store.begin(firstKey, 'another', 1)).toBe('begun')
  })

  test('a success counts although the lease was lost meanwhile', async () => {
    const at = await virtualSqs(jobs)
    const { firstKey, store } = storeOf(at)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store },
      handlers: { job: () => sleep(at.clock, 100_000) },
    })
    at.faults.changeVisibility = () => new Promise(() => {})
    await consumer.start()
    await at.clock.advance('101s')
    expect(await store.begin(firstKey, 'another', 1)).toBe('done')
  })

  test('a message that is lost while the store thinks is not handled here', async () => {
    const at = await virtualSqs(jobs)
    const memory = memoryStore({ clock: at.clock })
    const slow: IdempotencyStore = {
      ...memory,
      begin: async (...args) => (await sleep(at.clock, 40_000), memory.begin(...args)),
    }
    at.put(Job, { n: 1 })
    let runs = 0
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store: slow },
      handlers: { job: () => void runs++ },
    })
    at.faults.changeVisibility = () => new Promise(() => {})
    await consumer.start()
    await at.clock.advance('41s')
    expect({ runs, bugs: at.lines.filter(({ message }) => message.includes('bug')) }).toEqual({ runs: 0, bugs: [] })
  })

  test('a key that can’t be made is a failed attempt, and says why', async () => {
    const at = await virtualSqs(jobs)
    const { store } = storeOf(at)
    at.put(Job, { n: 1 })
    const errors: unknown[] = []
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: {
        store,
        key: () => {
          throw new Error('no tenant')
        },
      },
      handlers: { job: () => {} },
      on: { settled: ({ error, outcome }) => void errors.push([outcome, error?.message]) },
    })
    await consumer.start()
    await at.clock.advance('1s')
    expect(errors).toEqual([['retry', 'no tenant']])
  })

  test('an answer that is none counts as a store that is down, and says what to write', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const faults: string[] = []
    let runs = 0
    const careless = { ...memoryStore(), begin: async () => JSON.parse('true') }
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store: careless },
      handlers: { job: () => void runs++ },
      on: { fault: ({ error }) => void faults.push(error.message) },
    })
    await consumer.start()
    await at.clock.advance('1s')
    expect(runs).toBe(0)
    expect(new Set(faults)).toEqual(
      new Set(["The idempotency store's begin() answered true: write 'begun', 'done' or 'in-progress'."]),
    )
    expect(at.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('idempotency failed') }),
    )
  })

  test('a stop leaves no timer behind', async () => {
    const at = await virtualSqs(jobs)
    const { store } = storeOf(at)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, {
      idempotency: { store },
      handlers: { job: () => new Promise<void>(() => {}) },
    })
    await consumer.start()
    await at.clock.advance('1s')
    await at.clock.until(consumer.stop({ cutPolls: true }))
    expect(at.clock.timers).toBe(0)
  })
})
