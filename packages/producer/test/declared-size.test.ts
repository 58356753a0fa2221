import { createProducer } from '@waybill/producer'
import { defineQueue, defineTopic } from '@waybill/schema'
import type { EntryResult, SendEntry } from '@waybill/sqs'
import { expect, test } from 'vitest'
import { Note } from './support/contracts.ts'
import { accepted } from './support/faults.ts'
import { virtual } from './support/virtual.ts'

const text = 'x'.repeat(1_500)

test('a queue takes messages of its declared size, however many make a batch', async () => {
  const at = virtual()
  const small = defineQueue('small', { messages: [Note], maximumMessageSize: 2_048 })
  const producer = createProducer(at.connection, small)
  const sends = [1, 2, 3].map((n) => producer.send('note', { n, text }))
  await at.pass('5ms')
  await Promise.all(sends)
  expect(at.bodies().map((bodies) => bodies.length)).toEqual([3])
  await expect(producer.send('note', { n: 4, text: text.repeat(2) })).rejects.toMatchObject({
    code: 'too-large',
    message: expect.stringContaining("and queue 'small' takes at most 2048."),
  })
})

/** How many messages each call had that brought these to a topic of that size. */
async function published(maximumMessageSize: number, count: number, length: number): Promise<readonly number[]> {
  const at = virtual()
  const calls: number[] = []
  const connection = {
    ...at.connection,
    topic: async () => ({ name: 'news', arn: 'arn:aws:sns:eu-central-1:123456789012:news', fifo: false }),
    sns: {
      publish: async (_topic: unknown, entries: readonly SendEntry[]): Promise<readonly EntryResult[]> => {
        calls.push(entries.length)
        return entries.map(() => accepted())
      },
    },
  }
  const producer = createProducer(connection, defineTopic('news', { messages: [Note], maximumMessageSize }))
  const sends = Array.from({ length: count }, (_, n) => producer.send('note', { n, text: 'x'.repeat(length) }))
  await at.pass('5ms')
  await Promise.all(sends)
  return calls
}

test('a topic of a declared size takes batches up to that', async () => {
  expect(await published(4_096, 3, 1_500)).toEqual([2, 1])
  expect(await published(1_048_576, 3, 300_000)).toEqual([3])
})
