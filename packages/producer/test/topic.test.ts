import { createProducer, SendError } from '@waybill/producer'
import { defineQueue } from '@waybill/schema'
import { expect, test } from 'vitest'
import { account, texts } from './support/account.ts'
import { history, news, stepIn } from './support/contracts.ts'

const inbox = defineQueue('inbox', { subscriptions: [news.select('note')] })
const log = defineQueue('log', { subscriptions: [history.select('step')], fifo: true })

test('a topic brings its queues the body and the attributes that a queue would get', async () => {
  await using at = account()
  await at.createTopic(news, inbox)
  await using producer = createProducer(at.aws, news)
  const { id, messageId } = await producer.send('note', { n: 1, text: 'é' }, { attributes: { tenant: 'acme' } })
  const received = await at.received(inbox)
  expect(received).toMatchObject([{ body: '{"n":1,"text":"é"}' }])
  expect(received.map(texts)).toEqual([
    { 'waybill-type': 'note', 'waybill-version': '1', 'waybill-id': id, tenant: 'acme' },
  ])
  expect(messageId).not.toBe('')
})

test('a FIFO topic keeps groups and their order, and stores a message of one id once', async () => {
  await using at = account()
  await at.createTopic(history, log)
  await using producer = createProducer(at.aws, history)
  const numbers = [1, 2, 3, 4, 5]
  await Promise.all(numbers.map((n) => producer.send('step', { of: 'an order', n }, { id: `step-${n}` })))
  await producer.send('step', { of: 'an order', n: 1 }, { id: 'step-1' })
  const received = await at.received(log)
  expect(received.map(({ body }) => stepIn(body).n)).toEqual(numbers)
  expect(new Set(received.map(({ group }) => group)).size).toBe(1)
  expect(received.map((message) => texts(message)['waybill-id'])).toEqual(numbers.map((n) => `step-${n}`))
})

test('a topic takes 262,144 bytes a message', async () => {
  await using at = account()
  await at.createTopic(news, inbox)
  await using producer = createProducer(at.aws, news)
  const attributes = 'waybill-typeStringnote,waybill-versionNumber1,waybill-idStringbig'.replaceAll(',', '')
  const text = 'x'.repeat(262_144 - '{"n":1,"text":""}'.length - attributes.length)
  await producer.send('note', { n: 1, text }, { id: 'big' })
  expect(await at.received(inbox)).toHaveLength(1)
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
  await using at = account()
  await at.createTopic(news, inbox)
  const sizes: number[] = []
  const counting = {
    ...at.aws,
    sns: {
      publish: (...call: Parameters<typeof at.aws.sns.publish>) => {
        sizes.push(call[1].length)
        return at.aws.sns.publish(...call)
      },
    },
  }
  await using producer = createProducer(counting, news)
  await Promise.all([1, 2, 3].map((n) => producer.send('note', { n, text: 'x'.repeat(100_000) })))
  expect(sizes).toEqual([2, 1])
})
