import { createConsumer, NonRetryableError, retry, type RetryIn } from '@waybill/consumer'
import { sleep } from '@waybill/core'
import { describe, expect, test } from 'vitest'
import { Job, jobs, steps } from './support/contracts.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

describe('retryIn', () => {
  test('says how long to wait after each attempt, knowing what failed', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const asked: Parameters<RetryIn>[] = []
    const starts: number[] = []
    const error = new Error('busy')
    const consumer = createConsumer(at.aws, jobs, {
      retryIn: (attempt, failure) => (asked.push([attempt, failure]), attempt === 1 ? '0s' : '7s'),
      handlers: {
        job(_payload, { attempt }) {
          starts.push(at.clock.now())
          if (attempt === 1) throw error
          return attempt === 2 ? retry({ reason: 'not yet' }) : undefined
        },
      },
    })
    await consumer.start()
    await at.clock.advance('20s')
    expect(asked).toEqual([
      [1, { type: 'job', id: 'id-0', error, reason: undefined }],
      [2, { type: 'job', id: 'id-0', error: undefined, reason: 'not yet' }],
    ])
    expect(starts).toHaveLength(3)
    expect((starts[2] ?? 0) - (starts[1] ?? 0)).toBeGreaterThanOrEqual(7_000)
  })

  test('leaves the back-off to do what it says nothing about, and gives way to retry({ delay })', async () => {
    const at = await virtualSqs(steps)
    at.put(Job, { n: 1 })
    const starts: number[] = []
    const consumer = createConsumer(at.aws, steps, {
      backoff: { first: '40s', max: '40s' },
      retryIn: (attempt) => (attempt === 1 ? undefined : '1h'),
      handlers: {
        job(_payload, { attempt }) {
          starts.push(at.clock.now())
          if (attempt === 1) throw new Error('no')
          return attempt === 2 ? retry({ delay: '3s' }) : undefined
        },
      },
    })
    await consumer.start()
    await at.clock.advance('2m')
    const [first = 0, second = 0, third = 0] = starts
    expect(second - first).toBeGreaterThanOrEqual(20_000)
    expect(second - first).toBeLessThanOrEqual(40_000)
    expect(third - second).toBe(3_000)
  })

  test.each<[what: string, retryIn: RetryIn]>([
    ['throws', () => JSON.parse('{')],
    ['answers with no duration', () => JSON.parse('"soon"')],
    ['answers with more than SQS hides a message', () => '13h'],
  ])('that %s is logged, and the back-off used', async (_what, retryIn) => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const starts: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      retryIn,
      handlers: {
        job(_payload, { attempt }) {
          starts.push(at.clock.now())
          if (attempt === 1) throw new Error('no')
        },
      },
    })
    await consumer.start()
    await at.clock.advance('30s')
    expect(starts).toHaveLength(2)
    expect(at.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'retryIn gave no delay; the back-off is used' }),
    )
  })
})

describe('a NonRetryableError', () => {
  test.each([
    ['standard', jobs],
    ['FIFO', steps],
  ])('moves its message to the dead-letter queue at the first attempt, on a %s queue', async (_kind, queue) => {
    const at = await virtualSqs(queue)
    for (let n = 0; n < 2; n++) at.put(Job, { n })
    const settled: unknown[] = []
    const cause = new Error('404')
    const consumer = createConsumer(at.aws, queue, {
      handlers: {
        job({ n }) {
          if (n === 0) throw new NonRetryableError('no such order', { cause })
        },
      },
      on: { settled: ({ error, id, outcome, reason }) => void settled.push([id, outcome, reason, error?.cause]) },
    })
    await consumer.start()
    await at.clock.advance('5s')
    expect(settled).toHaveLength(2)
    expect(settled).toContainEqual(['id-0', 'dead-letter', 'no such order', cause])
    expect(settled).toContainEqual(['id-1', 'done', undefined, undefined])
    expect(at.dead).toHaveLength(1)
    expect(at.left()).toEqual([])
  })

  test('counts although it comes after the timeout; one without a message is its own reason', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 0 })
    const settled: unknown[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        job: {
          timeout: '1s',
          async handle() {
            await sleep(at.clock, 2_000)
            throw new NonRetryableError('')
          },
        },
      },
      on: { settled: ({ outcome, reason }) => void settled.push([outcome, reason]) },
    })
    await consumer.start()
    await at.clock.advance('5s')
    expect(settled).toEqual([['dead-letter', 'NonRetryableError']])
  })

  test('of one item moves that item; of a batch of several all are tried again, since nobody knows which it means', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 2; n++) at.put(Job, { n })
    const sizes: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      retryIn: (_attempt, { id }) => (id === 'id-0' ? '0s' : '1m'),
      handlers: {
        job: {
          batch: { size: 2, wait: '2s' },
          handleBatch(items) {
            sizes.push(items.length)
            throw new NonRetryableError('no such order')
          },
        },
      },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect({ sizes, dead: at.dead.map(({ body }) => body), left: at.left().length }).toEqual({
      sizes: [2, 1],
      dead: ['{"n":0}'],
      left: 1,
    })
  })
})

test('what looks like an outcome and is none is a failed attempt, not a success', async () => {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 1 })
  const told: unknown[] = []
  const consumer = createConsumer(at.aws, jobs, {
    handlers: { job: () => JSON.parse('{"outcome":"retyr"}') },
    on: { settled: ({ error, outcome }) => void told.push([outcome, error?.message]) },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(told).toEqual([['retry', "The handler returned the outcome 'retyr'. Write retry(), deadLetter() or nothing."]])
})

describe('failed attempts', () => {
  test('are a line each while others succeed, and ever fewer lines while nothing of their type does', async () => {
    const at = await virtualSqs(jobs)
    let down = true
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 50,
      retryIn: () => '5m',
      handlers: {
        job() {
          if (down) throw new Error('down')
        },
      },
    })
    await consumer.start()
    for (let n = 0; n < 300; n++) at.put(Job, { n })
    await at.clock.advance('1m')
    const lines = () => at.lines.filter(({ message }) => /^attempt \d+ failed/.test(message))
    expect(lines().map(({ fields }) => fields['failures'])).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256])
    down = false
    await at.clock.advance('10m')
    down = true
    at.put(Job, { n: 300 })
    await at.clock.advance('1m')
    expect(lines().at(-1)?.fields).toMatchObject({ failures: 1, type: 'job', id: 'id-300', attempt: 1 })
  })
})
