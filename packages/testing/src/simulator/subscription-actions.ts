import type { SnsApi } from '@waybill/sqs'
import { AwsError, invalidParameter } from './aws-error.ts'
import { readFilterPolicy } from './check-filter-policy.ts'
import type { Cloud } from './cloud.ts'
import type { FilterPolicy } from './filter-policy.ts'
import { isRecord, parsedJson } from './json.ts'
import { filterScopeOf, type SnsAttributes, type Subscription, type Topic } from './topic.ts'

type SubscriptionActions = Pick<
  SnsApi,
  'getSubscriptionAttributes' | 'listSubscriptionsByTopic' | 'setSubscriptionAttributes' | 'subscribe' | 'unsubscribe'
>

/** What SNS does with subscriptions of queues. */
export function subscriptionActions(cloud: Cloud): SubscriptionActions {
  function find(arn: string | undefined): { readonly topic: Topic; readonly subscription: Subscription } {
    for (const topic of cloud.topics.values()) {
      const subscription = arn === undefined ? undefined : topic.subscriptions.get(arn)
      if (subscription) return { topic, subscription }
    }
    throw new AwsError('NotFound', 'Subscription does not exist')
  }

  return {
    async subscribe({ Attributes = {}, Endpoint = '', Protocol, TopicArn }) {
      const topic = cloud.topic(TopicArn)
      if (Protocol !== 'sqs') throw invalidParameter(`the simulator brings messages to SQS only, not to '${Protocol}'`)
      if (!/^arn:[^:]+:sqs:/.test(Endpoint)) throw invalidParameter('SQS endpoint ARN')
      if (Endpoint.endsWith('.fifo') && !topic.fifo)
        throw invalidParameter(
          'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
        )
      const filter = check(topic, Endpoint, Attributes, 'Attributes Reason: ')
      const existing = Array.from(topic.subscriptions.values()).find(({ endpoint }) => endpoint === Endpoint)
      const attributes = withRaw(Attributes)
      if (existing && Object.entries(attributes).some(([name, value]) => valueOf(existing, name) !== value))
        throw invalidParameter('Attributes Reason: Subscription already exists with different attributes')
      const arn = existing?.arn ?? `${topic.arn}:${cloud.id()}`
      if (!existing) topic.subscriptions.set(arn, { arn, endpoint: Endpoint, attributes, filter })
      return { SubscriptionArn: arn }
    },

    async unsubscribe({ SubscriptionArn = '' }) {
      for (const { subscriptions } of cloud.topics.values()) subscriptions.delete(SubscriptionArn)
      return {}
    },

    async setSubscriptionAttributes({ AttributeName = '', AttributeValue = '', SubscriptionArn }) {
      const { subscription, topic } = find(SubscriptionArn)
      const attributes = withRaw({ ...subscription.attributes, [AttributeName]: AttributeValue })
      subscription.filter = check(topic, subscription.endpoint, attributes, '')
      // '{}' takes a policy away
      const kept = Object.entries(attributes).filter(([name, value]) => !(isFilter(name) && isNothing(value)))
      subscription.attributes = Object.fromEntries(kept)
      return {}
    },

    async getSubscriptionAttributes({ SubscriptionArn }) {
      const { subscription, topic } = find(SubscriptionArn)
      return { Attributes: describe(cloud, topic, subscription) }
    },

    async listSubscriptionsByTopic({ TopicArn }) {
      const topic = cloud.topic(TopicArn)
      const Subscriptions = Array.from(topic.subscriptions.values(), ({ arn, endpoint }) => ({
        SubscriptionArn: arn,
        Endpoint: endpoint,
        Owner: cloud.accountId,
        Protocol: 'sqs',
        TopicArn: topic.arn,
      }))
      return { Subscriptions }
    },
  }
}

/** Throws what SNS refuses the attributes with, behind `where`; gives the filter policy. */
function check(topic: Topic, endpoint: string, attributes: SnsAttributes, where: string): FilterPolicy | undefined {
  const { FilterPolicy: policy = '', FilterPolicyScope: scope, RawMessageDelivery: raw, RedrivePolicy } = attributes
  const refuse = (reason: string) => invalidParameter(`${where}${reason}`)
  if (raw !== undefined && !/^(true|false)$/i.test(raw))
    throw refuse(`RawMessageDelivery: Invalid value [${raw}]. Must be true or false.`)
  if (scope !== undefined && scope !== 'MessageBody' && scope !== 'MessageAttributes')
    throw refuse(`FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`)
  if (RedrivePolicy) {
    const redrive = parsedJson(RedrivePolicy)
    const target = isRecord(redrive) ? redrive['deadLetterTargetArn'] : undefined
    if (typeof target !== 'string') throw refuse('RedrivePolicy: failed to parse JSON')
    if (topic.fifo && endpoint.endsWith('.fifo') && !target.endsWith('.fifo'))
      throw refuse('RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.')
  }
  return readFilterPolicy(policy, filterScopeOf(attributes), refuse)
}

const DEFAULTS: SnsAttributes = { FilterPolicyScope: 'MessageAttributes', RawMessageDelivery: 'false' }
const valueOf = ({ attributes }: Subscription, name: string) => attributes[name] ?? DEFAULTS[name]

/** `True` is `true` to SNS. */
function withRaw({ RawMessageDelivery, ...others }: SnsAttributes): SnsAttributes {
  return RawMessageDelivery === undefined ? others : { ...others, RawMessageDelivery: RawMessageDelivery.toLowerCase() }
}

const isFilter = (name: string) => name === 'FilterPolicy' || name === 'RedrivePolicy'
const isNothing = (value: string) => value === '' || value === '{}'

function describe(cloud: Cloud, topic: Topic, { arn, attributes, endpoint }: Subscription): SnsAttributes {
  const { FilterPolicyScope = 'MessageAttributes', ...others } = attributes
  return {
    SubscriptionArn: arn,
    TopicArn: topic.arn,
    Protocol: 'sqs',
    Endpoint: endpoint,
    Owner: cloud.accountId,
    ConfirmationWasAuthenticated: 'true',
    PendingConfirmation: 'false',
    RawMessageDelivery: 'false',
    ...others,
    // shown only once there is a policy (case 118)
    ...(others['FilterPolicy'] && { FilterPolicyScope }),
  }
}
