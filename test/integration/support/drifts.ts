import type { LookedUp } from './topology.ts'

interface Drift {
  readonly what: string
  /** As somebody does by hand. */
  readonly spoil: (at: LookedUp) => Promise<unknown>
  /** What the plan says of it. */
  readonly line: (at: LookedUp) => string
}

const redrive = (deadLetterTargetArn: string) => JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 20 })

export const DRIFTS: readonly Drift[] = [
  {
    what: 'another visibility timeout',
    spoil: ({ admin, url }) => admin.setQueueAttributes(url, { VisibilityTimeout: '60' }),
    line: ({ queue }) => `update queue ${queue}: VisibilityTimeout from 60 to 30`,
  },
  {
    what: 'a policy that is removed',
    spoil: ({ admin, url }) => admin.setQueueAttributes(url, { Policy: '' }),
    line: ({ queue, queueArn, topicArn }) =>
      `create policy ${queue}: waybill-${queue}={"Sid":"waybill-${queue}","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"${queueArn}","Condition":{"ArnEquals":{"aws:SourceArn":["${topicArn}"]}}}`,
  },
  {
    what: 'another filter policy',
    spoil: ({ admin, subscriptionArn }) =>
      admin.setSubscriptionAttribute(subscriptionArn, 'FilterPolicy', '{"waybill-type":["order.returned"]}'),
    line: ({ queue, topic }) =>
      `update subscription ${topic} to ${queue}: FilterPolicy from {"waybill-type":["order.returned"]} to {"waybill-type":["order.paid"]}`,
  },
  {
    what: 'a missing subscription',
    spoil: ({ admin, subscriptionArn }) => admin.unsubscribe(subscriptionArn),
    line: ({ queue, queueArn, topic, topicArn }) =>
      `create subscription ${topic} to ${queue}: TopicArn=${topicArn} Endpoint=${queueArn} RawMessageDelivery=true FilterPolicyScope=MessageAttributes FilterPolicy={"waybill-type":["order.paid"]} RedrivePolicy={"deadLetterTargetArn":"${queueArn}-dead-letter"}`,
  },
  {
    what: 'a wrong dead-letter queue',
    async spoil({ admin, queue, queueArn, url }) {
      await admin.createQueue(`${queue}-wrong`, {})
      await admin.setQueueAttributes(url, { RedrivePolicy: redrive(`${queueArn}-wrong`) })
    },
    line: ({ queue, queueArn }) =>
      `update queue ${queue}: RedrivePolicy from ${redrive(`${queueArn}-wrong`)} to ${redrive(`${queueArn}-dead-letter`)}`,
  },
]
