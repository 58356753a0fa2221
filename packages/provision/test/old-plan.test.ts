import { apply, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { simulate, type Simulation, type VirtualClock } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OrderPaid, receipts, SendReceipt, shop } from './support/contracts.ts'
import { subscriptionTo } from './support/subscription-to.ts'

let aws: Simulation<VirtualClock>
beforeEach(() => {
  aws = simulate({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

const changed = (what: string, to: string) => ({
  code: 'changed',
  message: `The ${what} was changed by somebody else since the plan, to ${to}. Plan and apply again.`,
})

describe('what somebody has changed since the plan is not overwritten:', () => {
  test('a retention that is longer by now would be lowered without allow', async () => {
    const jobs = defineQueue('jobs', { messages: [SendReceipt], retention: '7d' })
    const url = await aws.admin.createQueue('dev-jobs', { MessageRetentionPeriod: '345600' })
    const planned = await plan(aws, [jobs])
    await aws.admin.setQueueAttributes(url, { MessageRetentionPeriod: '1209600' })
    await aws.api.sqs.sendMessage({ QueueUrl: url, MessageBody: '{"orderId":"1"}' })
    await aws.clock.advance('8d')
    await expect(apply(planned)).rejects.toMatchObject(changed("MessageRetentionPeriod of queue 'dev-jobs'", '1209600'))
    expect(aws.contents(jobs).visible).toHaveLength(1)
  })

  test('a KMS key that is there by now would be replaced without allow', async () => {
    const keyed = (key: string) =>
      defineTopic('news', { messages: [OrderPaid], encryption: { kmsKey: `alias/${key}` } })
    const arn = await aws.admin.createTopic('dev-news', {})
    const planned = await plan(aws, [keyed('ours')])
    await aws.admin.setTopicAttribute(arn, 'KmsMasterKeyId', 'alias/theirs')
    await expect(apply(planned)).rejects.toMatchObject(changed("KmsMasterKeyId of topic 'dev-news'", 'alias/theirs'))
    await apply(await plan(aws, [keyed('theirs')]))
    expect(await aws.admin.topicAttributes(arn)).toMatchObject({ KmsMasterKeyId: 'alias/theirs' })
  })

  test('a filter policy', async () => {
    await apply(await plan(aws, shop))
    const { arn = '' } = (await subscriptionTo(aws, receipts)) ?? {}
    const setFilter = (filter: string) => aws.admin.setSubscriptionAttribute(arn, 'FilterPolicy', filter)
    await setFilter('{"waybill-type":["order.cancelled"]}')
    const planned = await plan(aws, shop)
    await setFilter('{}')
    await expect(apply(planned)).rejects.toMatchObject(
      changed("FilterPolicy of subscription 'dev-orders.fifo to dev-receipts'", '{}'),
    )
  })

  test('a redrive policy that a plan was to remove', async () => {
    await apply(await plan(aws, shop))
    const planned = await plan(aws, [defineQueue('receipts', { messages: [SendReceipt] })], { prune: true })
    const { url } = await aws.queue(receipts)
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dev-receipts-dead-letter',
      maxReceiveCount: 100,
    })
    await aws.admin.setQueueAttributes(url, { RedrivePolicy })
    await expect(apply(planned)).rejects.toMatchObject(changed("RedrivePolicy of queue 'dev-receipts'", RedrivePolicy))
  })
})

test('what is as planned already is no reason to stop: a plan may be applied again', async () => {
  await apply(await plan(aws, shop))
  const { url } = await aws.queue(receipts)
  await aws.admin.setQueueAttributes(url, { VisibilityTimeout: '60', DelaySeconds: '5' })
  const planned = await plan(aws, shop)
  await aws.admin.setQueueAttributes(url, { VisibilityTimeout: '30' })
  await apply(planned)
  await apply(planned)
  expect(String(await plan(aws, shop))).toBe('')
})
