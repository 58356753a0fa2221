import { sleep } from '@waybill/core'
import { createConsumer, deadLetter, middleware, type Outcome, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Job, steps } from './support/contracts.ts'
import { refusing } from './support/faults.ts'
import { refusal } from './support/lease-rig.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

interface Step {
  readonly payload: { readonly n: number }
}

const Note = defineMessage('note', z.object({ n: z.int() }))
const mixed = defineQueue('mixed', { messages: [Job, Note], fifo: true, group: () => 'g' })

/** One group of jobs and notes, in this order, numbered from 0. */
async function mixture(order: string) {
  const at = await virtualSqs(mixed)
  for (const [n, letter] of Array.from(order).entries()) at.put(letter === 'j' ? Job : Note, { n })
  return at
}

const numbers = (items: readonly Step[]) => items.map(({ payload }) => payload.n)

describe('a batch handler on a FIFO queue', () => {
  test('gets several messages of one group at once, in order, beside those of other groups', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 6; n++) at.put(Job, { n }, { group: n % 2 ? 'odd' : 'even' })
    const batches: Record<string, number[]>[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job: {
          batch: { size: 10, wait: '1s' },
          handleBatch(items) {
            const groups = Map.groupBy(items, ({ context }) => context.group ?? '')
            batches.push(Object.fromEntries(Array.from(groups, ([group, own]) => [group, numbers(own)])))
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('5s')
    expect(batches).toEqual([{ even: [0, 2, 4], odd: [1, 3, 5] }])
    expect(at.left()).toEqual([])
  })

  test('never has a group in two batches at once: what no longer fits waits for those before it', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 9; n++) at.put(Job, { n })
    const seen: number[][] = []
    let running = 0
    let most = 0
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job: {
          batch: { size: 4, wait: '1s' },
          async handleBatch(items) {
            seen.push(numbers(items))
            most = Math.max(most, ++running)
            await sleep(at.clock, 2_000)
            running--
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('20s')
    expect({ most, seen, left: at.left() }).toEqual({
      most: 1,
      seen: [[0, 1, 2, 3], [4, 5, 6, 7], [8]],
      left: [],
    })
  })

  test('starts nothing of a lane that no longer fits into a batch before that has ended', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 4; n++) at.put(Job, { n })
    const seen: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job: {
          batch: { size: 2 },
          async handleBatch(items) {
            await sleep(at.clock, 1_000)
            seen.push(`handled ${numbers(items).join()}`)
          },
        },
      },
      on: { started: ({ id }) => void seen.push(id) },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect(seen).toEqual(['id-0', 'id-1', 'handled 0,1', 'id-2', 'id-3', 'handled 2,3'])
  })

  test('has an item that fails hold back the later ones of its group, and no others; it is tried again by itself', async () => {
    const at = await virtualSqs(steps)
    at.put(Job, { n: 0 }, { group: 'other' })
    for (let n = 1; n < 5; n++) at.put(Job, { n })
    const seen: number[][] = []
    const attempts: string[] = []
    const settled: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      retryIn: () => '5s',
      handlers: {
        job: {
          batch: { size: 10, wait: '1s' },
          handleBatch(items) {
            seen.push(numbers(items))
            attempts.push(...items.map(({ context, payload }) => `${payload.n}:${context.attempt}`))
            const failed = new Map<(typeof items)[number], Outcome>()
            for (const item of items)
              if (item.payload.n === 2 && item.context.attempt < 3) failed.set(item, retry({ reason: 'not yet' }))
            return failed
          },
        },
      },
      on: { settled: ({ id, outcome, reason }) => void settled.push(`${id} ${outcome} ${reason ?? ''}`.trim()) },
    })
    await consumer.start()
    await at.clock.advance('1m')
    expect(seen.map((batch) => batch.toSorted((a, b) => a - b))).toEqual([[0, 1, 2, 3, 4], [2], [2], [3, 4]])
    // being held back is no attempt
    expect(attempts.slice(-2)).toEqual(['3:1', '4:1'])
    const heldBack = 'retry held back: an earlier message of its group in the batch is to be handled first'
    expect(settled).toEqual(
      expect.arrayContaining(['id-0 done', 'id-1 done', 'id-2 retry not yet', `id-3 ${heldBack}`, `id-4 ${heldBack}`]),
    )
    expect(settled.indexOf('id-2 done')).toBeLessThan(settled.indexOf('id-3 done'))
    expect(at.left()).toEqual([])
  })

  test('that throws has the first of each group tried again, and the others held back', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const seen: number[][] = []
    const consumer = createConsumer(at.aws, steps, {
      retryIn: () => '5s',
      handlers: {
        job: {
          batch: { size: 10, wait: '1s' },
          async handleBatch(items) {
            seen.push(numbers(items))
            if (seen.length === 1) throw new Error('down')
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('1m')
    expect(seen).toEqual([[0, 1, 2], [0], [1, 2]])
  })

  test('may move an item to the dead-letter queue: those behind it count as they are', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const seen: number[][] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job: {
          batch: { size: 10, wait: '1s' },
          handleBatch(items) {
            seen.push(numbers(items))
            const [, second] = items
            return second ? new Map([[second, deadLetter('no')]]) : undefined
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect({ seen, dead: at.dead.map(({ body }) => body), left: at.left() }).toEqual({
      seen: [[0, 1, 2]],
      dead: ['{"n":1}'],
      left: [],
    })
  })

  test('has messages of other types between its own handled in their order', async () => {
    const at = await mixture('jjnj')
    const seen: string[] = []
    const consumer = createConsumer(at.aws, mixed, {
      handlers: {
        job: {
          batch: { size: 10, wait: '1s' },
          handleBatch: (items) => void seen.push(`jobs ${numbers(items).join()}`),
        },
        note: ({ n }) => void seen.push(`note ${n}`),
      },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect(seen).toEqual(['jobs 0,1', 'note 2', 'jobs 3'])
  })

  test('has messages of a type that is handled in batches of its own handled in their order', async () => {
    const at = await mixture('jnnj')
    const seen: string[] = []
    const consumer = createConsumer(at.aws, mixed, {
      handlers: {
        job: {
          batch: { size: 10, wait: '2s' },
          handleBatch: (items) => void seen.push(`jobs ${numbers(items).join()}`),
        },
        note: {
          batch: { size: 10, wait: '1s' },
          handleBatch: (items) => void seen.push(`notes ${numbers(items).join()}`),
        },
      },
      on: { started: ({ id }) => void seen.push(id) },
    })
    await consumer.start()
    await at.clock.advance('20s')
    expect(seen).toEqual(['id-0', 'jobs 0', 'id-1', 'id-2', 'notes 1,2', 'id-3', 'jobs 3'])
  })

  test('counts no attempt of an item whose middleware was late for a batch that failed', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 2; n++) at.put(Job, { n })
    const late = middleware(async ({ id }, next) => {
      if (id === 'id-1') await sleep(at.clock, 700)
      return next()
    })
    const attempts: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      use: [late],
      retryIn: () => '5s',
      handlers: {
        job: {
          batch: { size: 10, wait: '100ms' },
          handleBatch(items) {
            attempts.push(...items.map(({ context, payload }) => `${payload.n}:${context.attempt}`))
            if (attempts.length === 1) throw new Error('not yet')
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('20s')
    expect(attempts).toEqual(['0:1', '0:2', '1:1'])
  })

  test('keeps the order although the middleware of a later item is quicker', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 4; n++) at.put(Job, { n })
    const seen: number[][] = []
    const uneven = middleware(async ({ id }, next) => {
      await sleep(at.clock, id === 'id-0' ? 700 : 1)
      return next()
    })
    const consumer = createConsumer(at.aws, steps, {
      use: [uneven],
      handlers: {
        job: { batch: { size: 10, wait: '100ms' }, handleBatch: (items) => void seen.push(numbers(items)) },
      },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect(seen.flat()).toEqual([0, 1, 2, 3])
    expect(at.left()).toEqual([])
  })

  test('does not wait for more middlewares than its pool has room for: the batch goes when its wait is over', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 4; n++) at.put(Job, { n })
    const seen: number[][] = []
    let free = 2
    const waiting: (() => void)[] = []
    const pooled = middleware(async (_delivery, next) => {
      if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve))
      free--
      try {
        return await next()
      } finally {
        free++
        waiting.shift()?.()
      }
    })
    const consumer = createConsumer(at.aws, steps, {
      use: [pooled],
      handlers: { job: { batch: { size: 10, wait: '1s' }, handleBatch: (items) => void seen.push(numbers(items)) } },
    })
    await consumer.start()
    await at.clock.advance('20s')
    expect(seen.flat()).toEqual([0, 1, 2, 3])
    expect(at.left()).toEqual([])
  })

  test('leaves out those whose lane has lost a lease: the group is handled from there by its next owner', async () => {
    const brief = defineQueue('brief', {
      messages: [Job],
      fifo: true,
      group: () => 'g',
      visibilityTimeout: '10s',
      deadLetter: { attempts: 9 },
    })
    const at = await virtualSqs(brief)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const seen: string[] = []
    const consumer = createConsumer(at.aws, brief, {
      handlers: {
        job: {
          batch: { size: 10, wait: '20s' },
          handleBatch: (items) => void seen.push(...items.map((item) => `${item.payload.n}/${item.context.receives}`)),
        },
      },
    })
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      const results = await make(queue, entries, call)
      return results.map((result, index) => (entries[index]?.handle === 'm0/1' ? refusal('lost') : result))
    }
    await consumer.start()
    await at.clock.advance('2m')
    expect(seen).toEqual(['0/2', '1/2', '2/2'])
  })

  test.each([
    ['behind one that fails: whoever has it now settles it', 'm1/1', true, ['id-0 retry']],
    ['holds back those behind it: whoever has it now gets the group in order', 'm0/1', false, ['id-1 retry']],
  ])('does not tell of an item that was lost; one %s', async (_what, handle, fails, told) => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 2; n++) at.put(Job, { n })
    const [lost] = await refusing('handle-lost', 'lost')(undefined, { name: '', url: '', fifo: true }, [1])
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      const results = await make(queue, entries, call)
      return results.map((result, index) => (lost && entries[index]?.handle === handle ? lost : result))
    }
    const settled: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job: {
          batch: { size: 2 },
          async handleBatch() {
            await sleep(at.clock, 320_000)
            if (fails) throw new Error('down')
          },
        },
      },
      on: { settled: ({ id, outcome }) => void settled.push(`${id} ${outcome}`) },
    })
    await consumer.start()
    await at.clock.advance('321s')
    expect(settled).toEqual(told)
    expect(at.lines.filter(({ message }) => message.includes('bug'))).toEqual([])
  })

  test('whose lane is lost while it gathers hands back what has not begun', async () => {
    const at = await virtualSqs(steps)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const seen: number[][] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job: { batch: { size: 10, wait: '15m' }, handleBatch: (items) => void seen.push(numbers(items)) },
      },
    })
    at.faults.changeVisibility = () => new Promise(() => {})
    await consumer.start()
    await at.clock.advance('11m')
    at.faults.changeVisibility = undefined
    await at.clock.advance('40m')
    expect(seen.flat()).toEqual([0, 1, 2])
    expect(at.left()).toEqual([])
  })
})
