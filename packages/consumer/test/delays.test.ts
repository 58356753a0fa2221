import { createConsumer, deadLetter, retry } from '@waybill/consumer'
import { defineQueue } from '@waybill/schema'
import { expect, test } from 'vitest'
import { Job, jobs } from './support/contracts.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

test('a failed attempt comes again after its back-off, at least a second later, and half of it random', async () => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 40; n++) at.put(Job, { n })
  const consumer = createConsumer(at.aws, jobs, {
    concurrency: 100,
    backoff: { first: '500ms', max: '20s' },
    handlers: { job: ({ n }, { attempt }) => (n % 2 === 0 || attempt < 7 ? retry() : undefined) },
  })
  await consumer.start()
  await at.clock.advance('100ms')
  expect(new Set(at.changes.map(({ visibilityTimeout }) => visibilityTimeout))).toEqual(new Set([1]))
  await at.clock.advance('2m')
  const late = at.changes.map(({ visibilityTimeout }) => visibilityTimeout).filter((seconds) => seconds > 8)
  expect(Math.max(...late)).toBeLessThanOrEqual(20)
  expect(new Set(late).size).toBeGreaterThan(3)
})

test('what is not known here yet is left for five minutes, up to half of it less', async () => {
  const at = await virtualSqs(jobs)
  for (let n = 0; n < 30; n++) at.put(Job, { n }, { version: 9 })
  const consumer = createConsumer(at.aws, jobs, { concurrency: 100, handlers: { job: () => {} } })
  await consumer.start()
  await at.clock.advance('1s')
  const seconds = at.changes.map(({ visibilityTimeout }) => visibilityTimeout)
  expect(seconds).toHaveLength(30)
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(150)
  expect(Math.max(...seconds)).toBeLessThanOrEqual(300)
  expect(new Set(seconds).size).toBeGreaterThan(5)
})

test('what is kept for want of a dead-letter queue comes again after the longest back-off', async () => {
  const bare = defineQueue('bare', { messages: [Job] })
  const at = await virtualSqs(bare)
  at.put(Job, { n: 1 })
  const consumer = createConsumer(at.aws, bare, { handlers: { job: () => deadLetter('no') } })
  await consumer.start()
  await at.clock.advance('1s')
  expect(at.changes.map(({ visibilityTimeout }) => visibilityTimeout)).toEqual([900])
})
