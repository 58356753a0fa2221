import { apply, destroy, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { type ApiCall, fail, simulate, type Simulation } from '@waybill/testing'
import { expect, test } from 'vitest'
import { OrderPaid, SendReceipt } from './support/contracts.ts'

const OTHER = '111111111111'
const topicArn = `arn:aws:sns:us-east-1:${OTHER}:theirs`
const news = defineTopic('news', { messages: [OrderPaid] })
const inbox = defineQueue('inbox', { messages: [SendReceipt], deadLetter: {} })
const subscribed = defineQueue('subscribed', { subscriptions: [news.select('order.paid')], deadLetter: {} })

/** A connection to an account whose `queue` is subscribed to their topic, by them: only they may read or remove that. */
function besideTheirs(aws: Simulation, queue: string) {
  const answers = (action: string, answer: object) =>
    aws.faults.on('admin', async () => answer, {
      when: (call: ApiCall) => call.action === action && Object.values(call.input).includes(topicArn),
    })
  answers('GetTopicAttributes', { Attributes: {} })
  const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${queue}`
  answers('ListSubscriptionsByTopic', { Subscriptions: [{ SubscriptionArn: `${topicArn}:1`, Endpoint, Owner: OTHER }] })
  const theirs = ['GetSubscriptionAttributes', 'Unsubscribe']
  aws.faults.on('admin', fail('access-denied'), { when: ({ action }) => theirs.includes(action) })
  return aws.connect({ locate: ({ kind }) => (kind === 'topic' ? topicArn : undefined) })
}

test('a subscription that another account has made to its own topic is not ours to prune', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [inbox]))
  const there = besideTheirs(aws, 'inbox')
  const found = await plan(there, [news, inbox], { prune: true })
  expect(found.changes.map(({ kind }) => kind)).not.toContain('remove')
  await apply(found)
})

test('destroy deletes our queues although another account made the subscription to its own topic', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [subscribed]))
  await destroy(besideTheirs(aws, 'subscribed'), [subscribed])
  expect(await aws.admin.findQueue('subscribed')).toBeUndefined()
})
