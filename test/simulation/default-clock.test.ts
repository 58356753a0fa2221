// What a user's test gets without saying anything of time.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { expectSettled, simulate } from 'waybill/testing'
import { jobs } from './contracts.ts'

test('a message that fails 50 times over many hours is a dead letter in no time', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [jobs]))
  const attempts: number[] = []
  await using consumer = createConsumer(aws, jobs, {
    handlers: {
      job(_job, { attempt }) {
        attempts.push(attempt)
        throw new Error('down')
      },
    },
  })
  await using producer = createProducer(aws, jobs)
  await consumer.start()
  const dead = expectSettled(consumer, 'job', { outcome: 'dead-letter', timeout: '25s' })
  await producer.send('job', { n: 1 })
  expect(await dead).toMatchObject({ attempt: 50 })
  expect(attempts).toHaveLength(50)
  expect(aws.clock.now()).toBeGreaterThan(4 * 3_600_000)
})

test('a handler that reads a file keeps its lease', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [jobs]))
  const lost: string[] = []
  await using consumer = createConsumer(aws, jobs, {
    on: { 'lease-lost': ({ id }) => void lost.push(id) },
    handlers: { job: async () => void (await readFile(import.meta.filename)) },
  })
  await using producer = createProducer(aws, jobs)
  await consumer.start()
  const settled = expectSettled(consumer, 'job')
  await producer.send('job', { n: 1 })
  expect(await settled).toMatchObject({ outcome: 'done', attempt: 1 })
  expect(lost).toEqual([])
})

test('a first back-off, shorter than a poll, is not waited for until the poll ends', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [jobs]))
  const at: number[] = []
  await using consumer = createConsumer(aws, jobs, {
    handlers: {
      job(_job, { attempt }) {
        at.push(aws.clock.now())
        if (attempt === 1) throw new Error('not yet')
      },
    },
  })
  await using producer = createProducer(aws, jobs)
  await consumer.start()
  const done = expectSettled(consumer, 'job', { outcome: 'done' })
  await producer.send('job', { n: 1 })
  await done
  const [first = 0, second = 0] = at
  expect(second - first).toBeGreaterThanOrEqual(5_000)
  expect(second - first).toBeLessThanOrEqual(10_000)
})
