import { deadLetter, type Outcome, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { consume, rig, seen } from './support/rig.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 3 } })

describe.concurrent('a batch handler', () => {
  test('gets full batches, and a smaller one when its wait is over', async () => {
    await using at = await rig(jobs)
    for (let n = 0; n < 25; n++) await at.put(Job, { n })
    const sizes: number[] = []
    const consumer = consume(at.aws, jobs, {
      concurrency: 2,
      handlers: { job: { batch: { size: 20, wait: '200ms' }, handleBatch: (items) => void sizes.push(items.length) } },
    })
    const settled = seen(consumer, 'settled', 25)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(sizes).toEqual([20, 5])
    expect(await at.left()).toBe(0)
  })

  test('settles each item by its own outcome; an item that the map lacks is done', async () => {
    await using at = await rig(jobs)
    for (let n = 0; n < 3; n++) await at.put(Job, { n })
    const seenAttempts: string[] = []
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: {
          batch: { size: 3, wait: '50ms' },
          handleBatch(items) {
            const failed = new Map<(typeof items)[number], Outcome>()
            for (const item of items) {
              seenAttempts.push(`${item.payload.n}:${item.context.attempt}`)
              if (item.payload.n === 1 && item.context.attempt === 1) failed.set(item, retry({ delay: '0s' }))
              if (item.payload.n === 2) failed.set(item, deadLetter('two'))
            }
            return failed
          },
        },
      },
    })
    const settled = seen(consumer, 'settled', 4)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(seenAttempts.toSorted()).toEqual(['0:1', '1:1', '1:2', '2:1'])
    expect((await at.dead()).map(({ body }) => body)).toEqual(['{"n":2}'])
    expect(await at.left()).toBe(0)
  })

  test('that throws, or forgets to return, fails every item', async () => {
    await using at = await rig(jobs)
    for (let n = 0; n < 2; n++) await at.put(Job, { n })
    let runs = 0
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: {
          batch: { size: 2, wait: '500ms' },
          handleBatch: async () => {
            runs++
            if (runs === 1) throw new Error('down')
            if (runs === 2) retry({ delay: '0s' })
          },
        },
      },
    })
    const settled = seen(consumer, 'settled', 6)
    await consumer.start()
    expect((await settled).map((event) => event.outcome)).toEqual(['retry', 'retry', 'retry', 'retry', 'done', 'done'])
    await consumer.stop()
    expect(at.lines.filter((line) => line.message.includes('did not return it'))).toHaveLength(1)
  })

  test.each<[what: string, result: (items: readonly object[]) => unknown]>([
    ['a list', (items) => items.map(() => retry())],
    ['a map with keys that are no items', () => new Map([['id', retry()]])],
    ['a map with values that are no outcomes', (items) => new Map(items.map((item) => [item, 'retry']))],
  ])('that returns %s, as plain JavaScript may, has failed: no item passes for done', async (_what, result) => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const careless: () => undefined = (...args: readonly object[][]) => result(args[0] ?? []) as undefined
    const consumer = consume(at.aws, jobs, { handlers: { job: { batch: { size: 1 }, handleBatch: careless } } })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    expect(await settled).toMatchObject([
      {
        outcome: 'retry',
        error: {
          message: expect.stringMatching(
            /^The batch handler of job returned .*\. Return nothing, an outcome, or new Map/,
          ),
        },
      },
    ])
    await consumer.stop()
  })

  test('has what it gathers handled when the consumer stops', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const sizes: number[] = []
    const consumer = consume(at.aws, jobs, {
      handlers: { job: { batch: { size: 10, wait: '1h' }, handleBatch: (items) => void sizes.push(items.length) } },
    })
    const started = seen(consumer, 'started')
    await consumer.start()
    await started
    expect(await consumer.stop()).toEqual({ released: 0, abandoned: 0 })
    expect(sizes).toEqual([1])
    expect(await at.left()).toBe(0)
  })
})

describe.concurrent('the signal of a batch', () => {
  test('aborts at its timeout, counted from its start, not while it gathers', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: {
          batch: { size: 2, wait: '200ms' },
          timeout: '50ms',
          handleBatch: (items, { signal }) =>
            new Promise<void>((resolve, reject) => {
              if (items[0]?.context.signal.aborted) return reject(new Error('aborted before it began'))
              if ((items[0]?.context.attempt ?? 0) > 1) return resolve()
              signal.addEventListener('abort', () => reject(new Error('cut')))
            }),
        },
      },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    expect((await settled).map(({ outcome, error }) => [outcome, error?.name])).toEqual([
      ['retry', 'HandlerTimeoutError'],
      ['done', undefined],
    ])
    await consumer.stop()
  })

  test('aborts when a stop runs out of time', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const begun = Promise.withResolvers<void>()
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: {
          batch: { size: 1 },
          handleBatch: (_items, { signal }) => {
            begun.resolve()
            return new Promise<void>((_resolve, reject) =>
              signal.addEventListener('abort', () => reject(new Error('cut'))),
            )
          },
        },
      },
    })
    await consumer.start()
    await begun.promise
    expect(await consumer.stop({ timeout: '3s' })).toEqual({ released: 1, abandoned: 0 })
    expect(await at.visible()).toHaveLength(1)
  })
})

test('a batch handler keeps to the concurrency of its type', async () => {
  await using at = await rig(jobs)
  for (let n = 0; n < 4; n++) await at.put(Job, { n })
  let running = 0
  let most = 0
  const consumer = consume(at.aws, jobs, {
    concurrency: 4,
    handlers: {
      job: {
        concurrency: 1,
        batch: { size: 1 },
        async handleBatch() {
          most = Math.max(most, ++running)
          await new Promise((resolve) => setImmediate(resolve))
          running--
        },
      },
    },
  })
  const settled = seen(consumer, 'settled', 4)
  await consumer.start()
  await settled
  await consumer.stop()
  expect(most).toBe(1)
})
