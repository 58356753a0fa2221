import { createProducer } from '@waybill/producer'
import { defineQueue, defineTopic } from '@waybill/schema'
import { expect, test } from 'vitest'
import { account } from './support/account.ts'
import { numbersSent, upTo } from './support/calls.ts'
import { Note } from './support/contracts.ts'

const text = 'x'.repeat(1_500)

test('a queue takes messages of its declared size, however many make a batch', async () => {
  const small = defineQueue('small', { messages: [Note], maximumMessageSize: 2_048 })
  await using aws = await account([small])
  await aws.admin.setQueueAttributes((await aws.queue(small)).url, { MaximumMessageSize: '2048' })
  await using producer = createProducer(aws, small)
  await Promise.all(upTo(3).map((n) => producer.send('note', { n, text })))
  expect(numbersSent(aws)).toEqual([[0, 1, 2]])
  await expect(producer.send('note', { n: 4, text: text.repeat(2) })).rejects.toMatchObject({
    code: 'too-large',
    message: expect.stringContaining("and queue 'small' takes at most 2048."),
  })
})

test.each([
  [4_096, 1_500, [[0, 1], [2]]],
  [1_048_576, 300_000, [[0, 1, 2]]],
])('a topic of %i bytes takes batches up to that', async (maximumMessageSize, length, batches) => {
  await using aws = await account([])
  const news = defineTopic('news', { messages: [Note], maximumMessageSize })
  await aws.admin.createTopic('news', { MaximumMessageSize: String(maximumMessageSize) })
  await using producer = createProducer(aws, news)
  await Promise.all(upTo(3).map((n) => producer.send('note', { n, text: 'x'.repeat(length) })))
  expect(numbersSent(aws)).toEqual(batches)
})
