import { apply, plan } from '@waybill/provision'
import { simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { orders, receipts, shop, stock } from './support/contracts.ts'
import { subscriptionTo } from './support/subscription-to.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

const HIGH_THROUGHPUT = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }
const receiptsUrl = async () => (await aws.queue(receipts)).url

describe('drift is found, and repaired', () => {
  beforeEach(async () => {
    await apply(await plan(aws, shop))
  })

  /** The plan's lines, after which the account is as declared again. */
  async function repaired(): Promise<string[]> {
    const found = await plan(aws, shop)
    await apply(found)
    expect(String(await plan(aws, shop))).toBe('')
    return String(found).split('\n')
  }

  test('in a visibility timeout', async () => {
    await aws.admin.setQueueAttributes(await receiptsUrl(), { VisibilityTimeout: '60' })
    expect(await repaired()).toEqual(['update queue dev-receipts: VisibilityTimeout from 60 to 30'])
  })

  test('in a delay and a size that nobody declared', async () => {
    await aws.admin.setQueueAttributes(await receiptsUrl(), { DelaySeconds: '60', MaximumMessageSize: '1024' })
    expect(await repaired()).toEqual([
      'update queue dev-receipts: DelaySeconds from 60 to 0',
      'update queue dev-receipts: MaximumMessageSize from 1024 to 1048576',
    ])
  })

  test('in the size of a dead-letter queue and of a topic', async () => {
    const { url } = await aws.queue({ name: 'receipts-dead-letter', fifo: false })
    await aws.admin.setQueueAttributes(url, { MaximumMessageSize: '262144' })
    await aws.admin.setTopicAttribute((await aws.topic(orders)).arn, 'MaximumMessageSize', '1024')
    expect(await repaired()).toEqual([
      'update queue dev-receipts-dead-letter: MaximumMessageSize from 262144 to 1048576',
      'update topic dev-orders.fifo: MaximumMessageSize from 1024 to 262144',
    ])
  })

  test('in a missing redrive policy', async () => {
    await aws.admin.setQueueAttributes(await receiptsUrl(), { RedrivePolicy: '' })
    expect(await repaired()).toEqual([
      'update queue dev-receipts: RedrivePolicy from nothing to {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dev-receipts-dead-letter","maxReceiveCount":20}',
    ])
  })

  test('in a redrive policy to another dead-letter queue, under a count that stays as it is', async () => {
    const other = await aws.admin.createQueue('dev-other', {})
    const { QueueArn = '' } = await aws.admin.queueAttributes(other)
    const to = (deadLetterTargetArn: string, maxReceiveCount: number) =>
      JSON.stringify({ deadLetterTargetArn, maxReceiveCount })
    const declared = 'arn:aws:sqs:us-east-1:000000000000:dev-receipts-dead-letter'
    await aws.admin.setQueueAttributes(await receiptsUrl(), { RedrivePolicy: to(QueueArn, 50) })

    const kept = `can't change queue dev-receipts: RedrivePolicy from ${to(declared, 50)} to ${to(declared, 20)}: lowering maxReceiveCount moves messages that were received that often. Plan with allow: ['lower-max-receive-count'] to do it.`
    const found = await plan(aws, shop)
    expect(String(found).split('\n')).toEqual([
      `update queue dev-receipts: RedrivePolicy from ${to(QueueArn, 50)} to ${to(declared, 50)}`,
      kept,
    ])
    await apply(found)
    expect(String(await plan(aws, shop))).toBe(kept)
  })

  test('in a filter policy on the body, by way of none: SNS refuses a scope that does not fit the policy of the moment', async () => {
    const { arn = '' } = (await subscriptionTo(aws, receipts)) ?? {}
    await aws.admin.setSubscriptionAttribute(arn, 'FilterPolicyScope', 'MessageBody')
    await aws.admin.setSubscriptionAttribute(arn, 'FilterPolicy', '{"order":{"paid":[true]}}')
    const subscription = 'update subscription dev-orders.fifo to dev-receipts'
    expect(await repaired()).toEqual([
      `${subscription}: FilterPolicy from {"order":{"paid":[true]}} to {}`,
      `${subscription}: FilterPolicyScope from MessageBody to MessageAttributes`,
      `${subscription}: FilterPolicy from {} to {"waybill-type":["order.paid"]}`,
    ])
  })

  test('in a policy without our statement: the statements of others stay', async () => {
    const foreign = { Sid: 'theirs', Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }
    await aws.admin.setQueueAttributes(await receiptsUrl(), {
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: foreign }),
    })
    expect(await repaired()).toEqual([
      expect.stringMatching(/^create policy dev-receipts: waybill-dev-receipts=\{"Sid"/),
    ])
    const { Policy = '' } = await aws.admin.queueAttributes(await receiptsUrl())
    expect(JSON.parse(Policy)).toMatchObject({ Statement: [foreign, { Sid: 'waybill-dev-receipts' }] })
  })

  test('in a policy that denies what it is to allow', async () => {
    const { Policy = '' } = await aws.admin.queueAttributes(await receiptsUrl())
    await aws.admin.setQueueAttributes(await receiptsUrl(), { Policy: Policy.replace('Allow', 'Deny') })
    expect(await repaired()).toEqual([
      expect.stringMatching(/^update policy dev-receipts: waybill-dev-receipts from .*"Deny"/),
    ])
  })

  test('in a filter', async () => {
    const subscription = await subscriptionTo(aws, receipts)
    await aws.admin.setSubscriptionAttribute(
      subscription?.arn ?? '',
      'FilterPolicy',
      '{"waybill-type":["order.cancelled"]}',
    )
    expect(await repaired()).toEqual([
      'update subscription dev-orders.fifo to dev-receipts: FilterPolicy from {"waybill-type":["order.cancelled"]} to {"waybill-type":["order.paid"]}',
    ])
  })

  test('in a filter, with a warning that SNS takes its time to apply it', async () => {
    const warnings: [fields: object | string, message: string][] = []
    const warn = (fields: object | string, message = '') => void warnings.push([fields, message])
    const loud = { ...aws, logger: { ...aws.logger, warn } }
    await apply(await plan(loud, shop))
    expect(warnings).toEqual([])
    const { arn = '' } = (await subscriptionTo(aws, receipts)) ?? {}
    await aws.admin.setSubscriptionAttribute(arn, 'FilterPolicy', '{"waybill-type":["order.cancelled"]}')
    await apply(await plan(loud, shop))
    expect(warnings).toEqual([
      [
        { subscriptions: ['dev-orders.fifo to dev-receipts'] },
        'SNS needs up to 15 minutes to apply a changed filter policy: until then a type that is new to it may be dropped',
      ],
    ])
  })

  test('in the rest of a subscription', async () => {
    const { arn = '' } = (await subscriptionTo(aws, receipts)) ?? {}
    await aws.admin.setSubscriptionAttribute(arn, 'RawMessageDelivery', 'false')
    await aws.admin.setSubscriptionAttribute(arn, 'FilterPolicy', '{}')
    await aws.admin.setSubscriptionAttribute(arn, 'RedrivePolicy', '')
    const subscription = 'update subscription dev-orders.fifo to dev-receipts'
    expect(await repaired()).toEqual([
      `${subscription}: RawMessageDelivery from false to true`,
      `${subscription}: FilterPolicy from {} to {"waybill-type":["order.paid"]}`,
      `${subscription}: RedrivePolicy from nothing to {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dev-receipts-dead-letter"}`,
    ])
  })

  test('in a missing subscription', async () => {
    const subscription = await subscriptionTo(aws, receipts)
    await aws.admin.unsubscribe(subscription?.arn ?? '')
    expect(await repaired()).toEqual([
      expect.stringMatching(/^create subscription dev-orders\.fifo to dev-receipts: TopicArn=/),
    ])
  })

  test('in a missing queue', async () => {
    await aws.admin.deleteQueue(await receiptsUrl())
    expect(await repaired()).toEqual([
      expect.stringMatching(/^create queue dev-receipts: /),
      expect.stringMatching(/^create policy dev-receipts: /),
    ])
  })
})

test('content-based deduplication is no drift: others, EventBridge for instance, send without an id of their own', async () => {
  const contentBased = { ContentBasedDeduplication: 'true' }
  await aws.admin.createQueue('dev-stock.fifo', { FifoQueue: 'true', ...HIGH_THROUGHPUT, ...contentBased })
  await aws.admin.createTopic('dev-orders.fifo', {
    FifoTopic: 'true',
    FifoThroughputScope: 'MessageGroup',
    ...contentBased,
  })
  await apply(await plan(aws, shop))
  expect(String(await plan(aws, shop))).toBe('')
  const [queue, topic] = [await aws.queue(stock), await aws.topic(orders)]
  expect(await aws.admin.queueAttributes(queue.url)).toMatchObject(contentBased)
  expect(await aws.admin.topicAttributes(topic.arn)).toMatchObject(contentBased)
})

test('what SNS leaves out because it is the default is no drift', async () => {
  await apply(await plan(aws, shop))
  const subscriptionAttributes: Simulation['admin']['subscriptionAttributes'] = async (arn) => {
    const { FilterPolicyScope: _default, ...rest } = (await aws.admin.subscriptionAttributes(arn)) ?? {}
    return rest
  }
  const topicAttributes: Simulation['admin']['topicAttributes'] = async (arn) => {
    const { FifoThroughputScope: _unknown, ...rest } = (await aws.admin.topicAttributes(arn)) ?? {}
    return rest
  }
  const terse = { ...aws, admin: { ...aws.admin, subscriptionAttributes, topicAttributes } }
  expect(String(await plan(terse, shop))).toBe('')
})
