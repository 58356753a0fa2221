import { apply, destroy, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { type ApiCall, fail, simulate } from '@waybill/testing'
import { expect, test } from 'vitest'
import { OrderPaid, SendReceipt } from './support/contracts.ts'

const OTHER = '111111111111'
const topicArn = `arn:aws:sns:us-east-1:${OTHER}:theirs`
const news = defineTopic('news', { messages: [OrderPaid] })
const inbox = defineQueue('inbox', { messages: [SendReceipt], deadLetter: {} })
const subscribed = defineQueue('subscribed', { subscriptions: [news.select('order.paid')], deadLetter: {} })

test('a subscription that another account has made to its own topic is not ours to prune', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [inbox]))
  const answers = (action: string, answer: object) =>
    aws.faults.on('admin', async () => answer, {
      when: (call: ApiCall) => call.action === action && Object.values(call.input).includes(topicArn),
    })
  answers('GetTopicAttributes', { Attributes: {} })
  answers('ListSubscriptionsByTopic', {
    Subscriptions: [
      { SubscriptionArn: `${topicArn}:1`, Endpoint: 'arn:aws:sqs:us-east-1:000000000000:inbox', Owner: OTHER },
    ],
  })
  aws.faults.on('admin', fail('access-denied'), { when: ({ action }) => action === 'Unsubscribe' })
  const there = aws.connect({ locate: ({ kind }) => (kind === 'topic' ? topicArn : undefined) })
  const found = await plan(there, [news, inbox], { prune: true })
  expect(found.changes.map(({ kind }) => kind)).not.toContain('remove')
  await apply(found)
})

test('destroy deletes our queues although another account made the subscription to its own topic', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [subscribed]))
  const answers = (action: string, answer: object) =>
    aws.faults.on('admin', async () => answer, {
      when: (call: ApiCall) => call.action === action && Object.values(call.input).includes(topicArn),
    })
  answers('GetTopicAttributes', { Attributes: {} })
  const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:subscribed'
  answers('ListSubscriptionsByTopic', { Subscriptions: [{ SubscriptionArn: `${topicArn}:1`, Endpoint, Owner: OTHER }] })
  aws.faults.on('admin', fail('access-denied'), { when: ({ action }) => action === 'Unsubscribe' })
  const there = aws.connect({ locate: ({ kind }) => (kind === 'topic' ? topicArn : undefined) })
  await destroy(there, [subscribed])
  expect(await aws.admin.findQueue('subscribed')).toBeUndefined()
})
