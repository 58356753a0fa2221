import { apply, plan } from '@waybill/provision'
import { defineQueue } from '@waybill/schema'
import { type Backend, embedded } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { orders, receipts, SendReceipt, shop } from './support/contracts.ts'
import { subjects } from './support/subjects.ts'
import { subscriptionTo } from './support/subscription-to.ts'

let aws: Backend
beforeEach(async () => {
  aws = await embedded({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

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

    const kept = `can't change queue dev-receipts: RedrivePolicy from ${to(declared, 50)} to ${to(declared, 20)}: lowering maxReceiveCount moves messages that were received that often. Do it by hand.`
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

  test('in a policy that allows another topic', async () => {
    const { Policy = '' } = await aws.admin.queueAttributes(await receiptsUrl())
    await aws.admin.setQueueAttributes(await receiptsUrl(), { Policy: Policy.replace('dev-orders', 'dev-others') })
    expect(await repaired()).toEqual([
      expect.stringMatching(/^update policy dev-receipts: waybill-dev-receipts from .*dev-others/),
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
      [{ subscriptions: ['dev-orders.fifo to dev-receipts'] }, expect.stringContaining('up to 15 minutes')],
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

test('what SNS leaves out because it is the default is no drift', async () => {
  await apply(await plan(aws, shop))
  const subscriptions: Backend['admin']['subscriptions'] = async (topicArn) =>
    (await aws.admin.subscriptions(topicArn)).map(
      ({ attributes: { FilterPolicyScope: _default, ...rest }, ...found }) => ({
        ...found,
        attributes: rest,
      }),
    )
  const topicAttributes: Backend['admin']['topicAttributes'] = async (arn) => {
    const { FifoThroughputScope: _unknown, ...rest } = (await aws.admin.topicAttributes(arn)) ?? {}
    return rest
  }
  const terse = { ...aws, admin: { ...aws.admin, subscriptions, topicAttributes } }
  expect(String(await plan(terse, shop))).toBe('')
})

describe('drift that apply leaves alone', () => {
  /** The lines of the plan, which applying it does not change. */
  async function left(): Promise<string[]> {
    const found = await plan(aws, shop)
    const { made } = await apply(found)
    expect(made).toEqual([])
    expect(subjects(await plan(aws, shop))).toEqual(subjects(found))
    return String(found).split('\n')
  }

  test('is what SQS can not change in place', async () => {
    await aws.admin.createQueue('dev-stock.fifo', { FifoQueue: 'true', ReceiveMessageWaitTimeSeconds: '20' })
    await aws.admin.createTopic('dev-orders.fifo', { FifoTopic: 'true', FifoThroughputScope: 'Topic' })
    await apply(await plan(aws, shop))
    const why = 'AWS may show a new value and go on as before. Declare another name, or the throughput that it has.'
    expect(await left()).toEqual([
      `can't change queue dev-stock.fifo: DeduplicationScope from queue to messageGroup: ${why}`,
      `can't change queue dev-stock.fifo: FifoThroughputLimit from perQueue to perMessageGroupId: ${why}`,
      `can't change topic dev-orders.fifo: FifoThroughputScope from Topic to MessageGroup: ${why}`,
    ])
  })

  test('is what would lose messages', async () => {
    await apply(await plan(aws, shop))
    const { RedrivePolicy = '' } = await aws.admin.queueAttributes(await receiptsUrl())
    const higher = RedrivePolicy.replace('20', '100')
    await aws.admin.setQueueAttributes(await receiptsUrl(), {
      MessageRetentionPeriod: '1209600',
      RedrivePolicy: higher,
    })
    expect(await left()).toEqual([
      "can't change queue dev-receipts: MessageRetentionPeriod from 1209600 to 345600: lowering it deletes older messages. Do it by hand.",
      expect.stringMatching(
        /^can't change queue dev-receipts: RedrivePolicy .*: lowering maxReceiveCount moves messages that were received that often\. Do it by hand\.$/,
      ),
    ])
  })

  test('is what nobody declared', async () => {
    const alone = defineQueue('receipts', { messages: [SendReceipt] })
    await apply(await plan(aws, shop))
    expect(String(await plan(aws, [orders, alone])).split('\n')).toEqual([
      expect.stringMatching(/^unmanaged queue dev-receipts: its redrive policy \{.*\} is not declared\./),
      'unmanaged policy dev-receipts: its statement waybill-dev-receipts is of no declared subscription.',
      'unmanaged subscription dev-orders.fifo to dev-receipts: it is not declared.',
    ])
  })
})
