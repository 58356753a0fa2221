import { createProducer, SendError } from '@waybill/producer'
import { defineQueue } from '@waybill/schema'
import { dropAnswer } from '@waybill/testing'
import { expect, test } from 'vitest'
import { account } from './support/account.ts'
import { numbersIn, numbersSent } from './support/calls.ts'
import { history, news } from './support/contracts.ts'

const inbox = defineQueue('inbox', { subscriptions: [news.select('note')] })
const log = defineQueue('log', { subscriptions: [history.select('step')], fifo: true })

test('a topic brings its queues the body and the attributes that a queue would get', async () => {
  await using aws = await account([news, inbox])
  await using producer = createProducer(aws, news)
  const { id, messageId } = await producer.send('note', { n: 1, text: 'é' }, { attributes: { tenant: 'acme' } })
  const { visible } = aws.contents(inbox)
  expect(visible).toMatchObject([{ body: '{"n":1,"text":"é"}' }])
  expect(visible.map(({ attributes }) => attributes)).toEqual([
    { 'waybill-type': 'note', 'waybill-version': '1', 'waybill-id': id, tenant: 'acme' },
  ])
  expect(messageId).not.toBe('')
})

test('a FIFO topic keeps groups and their order, and stores a message of one id once', async () => {
  await using aws = await account([history, log])
  await using producer = createProducer(aws, history)
  const numbers = [1, 2, 3, 4, 5]
  await Promise.all(numbers.map((n) => producer.send('step', { of: 'an order', n }, { id: `step-${n}` })))
  await producer.send('step', { of: 'an order', n: 1 }, { id: 'step-1' })
  const { visible } = aws.contents(log)
  expect(numbersIn(aws, log)).toEqual(numbers)
  expect(new Set(visible.map(({ group }) => group)).size).toBe(1)
  expect(visible.map(({ id }) => id)).toEqual(numbers.map((n) => `step-${n}`))
})

test('a FIFO topic stores a message once, and in its place, when the answer to its PublishBatch is lost', async () => {
  await using aws = await account([history, log])
  aws.faults.on('publish', dropAnswer(), { times: 2 })
  await using producer = createProducer(aws, history)
  await Promise.all([1, 2, 3].map((n) => producer.send('step', { of: 'an order', n })))
  expect(numbersSent(aws)).toEqual([[1], [1], [1], [2], [3]])
  expect(numbersIn(aws, log)).toEqual([1, 2, 3])
})

test('a topic takes 262,144 bytes a message', async () => {
  await using aws = await account([news, inbox])
  await using producer = createProducer(aws, news)
  const attributes = 'waybill-typeStringnote,waybill-versionNumber1,waybill-idStringbig'.replaceAll(',', '')
  const text = 'x'.repeat(262_144 - '{"n":1,"text":""}'.length - attributes.length)
  await producer.send('note', { n: 1, text }, { id: 'big' })
  expect(aws.contents(inbox).visible).toHaveLength(1)
  await expect(producer.send('note', { n: 1, text: `${text}x` }, { id: 'big' })).rejects.toThrow(
    new SendError(
      'too-large',
      'note',
      'big',
      "has 262145 bytes with its attributes, and topic 'news' takes at most 262144. Keep the content elsewhere and send where it is.",
    ),
  )
})

test('a batch for a topic stays within the 262,144 bytes of one PublishBatch', async () => {
  await using aws = await account([news])
  await using producer = createProducer(aws, news)
  await Promise.all([1, 2, 3].map((n) => producer.send('note', { n, text: 'x'.repeat(100_000) })))
  expect(numbersSent(aws)).toEqual([[1, 2], [3]])
})
