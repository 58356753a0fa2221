import type { SnsApi } from '@waybill/sqs'
import { AwsError, invalidParameter } from '../aws-error.ts'
import type { Account } from '../account.ts'
import { checkSubscription } from './check-subscription.ts'
import type { SnsAttributes, Subscription, Topic } from './topic.ts'

type SubscriptionActions = Pick<
  SnsApi,
  'getSubscriptionAttributes' | 'listSubscriptionsByTopic' | 'setSubscriptionAttributes' | 'subscribe' | 'unsubscribe'
>

/** What SNS does with subscriptions of queues. */
export function subscriptionActions(account: Account): SubscriptionActions {
  function find(arn: string | undefined): { readonly topic: Topic; readonly subscription: Subscription } {
    for (const topic of account.topics.values()) {
      const subscription = arn === undefined ? undefined : topic.subscriptions.get(arn)
      if (subscription) return { topic, subscription }
    }
    throw new AwsError('NotFound', 'Subscription does not exist')
  }

  return {
    async subscribe({ Attributes = {}, Endpoint = '', Protocol, TopicArn }) {
      const topic = account.topic(TopicArn)
      if (Protocol !== 'sqs') throw invalidParameter(`the simulator brings messages to SQS only, not to '${Protocol}'`)
      if (!/^arn:[^:]+:sqs:/.test(Endpoint)) throw invalidParameter('SQS endpoint ARN')
      if (Endpoint.endsWith('.fifo') && !topic.fifo)
        throw invalidParameter(
          'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
        )
      const filter = checkSubscription(topic, Endpoint, Attributes, 'Attributes Reason: ')
      const existing = Array.from(topic.subscriptions.values()).find(({ endpoint }) => endpoint === Endpoint)
      const attributes = withRaw(Attributes)
      if (existing && Object.entries(attributes).some(([name, value]) => valueOf(existing, name) !== value))
        throw invalidParameter('Attributes Reason: Subscription already exists with different attributes')
      const arn = existing?.arn ?? `${topic.arn}:${account.id()}`
      const pending = !account.owns(Endpoint)
      if (!existing) topic.subscriptions.set(arn, { arn, endpoint: Endpoint, pending, attributes, filter })
      return { SubscriptionArn: arn }
    },

    async unsubscribe({ SubscriptionArn = '' }) {
      for (const { subscriptions } of account.topics.values()) subscriptions.delete(SubscriptionArn)
      return {}
    },

    async setSubscriptionAttributes({ AttributeName = '', AttributeValue = '', SubscriptionArn }) {
      const { subscription, topic } = find(SubscriptionArn)
      const attributes = withRaw({ ...subscription.attributes, [AttributeName]: AttributeValue })
      subscription.filter = checkSubscription(topic, subscription.endpoint, attributes, '')
      // '{}' takes a policy away
      const kept = Object.entries(attributes).filter(([name, value]) => !(isFilter(name) && isNothing(value)))
      subscription.attributes = Object.fromEntries(kept)
      return {}
    },

    async getSubscriptionAttributes({ SubscriptionArn }) {
      const { subscription, topic } = find(SubscriptionArn)
      return { Attributes: describe(account, topic, subscription) }
    },

    async listSubscriptionsByTopic({ TopicArn }) {
      const topic = account.topic(TopicArn)
      const Subscriptions = Array.from(topic.subscriptions.values(), ({ arn, endpoint, pending }) => ({
        SubscriptionArn: pending ? 'PendingConfirmation' : arn,
        Endpoint: endpoint,
        Owner: account.accountId,
        Protocol: 'sqs',
        TopicArn: topic.arn,
      }))
      return { Subscriptions }
    },
  }
}

const DEFAULTS: SnsAttributes = { FilterPolicyScope: 'MessageAttributes', RawMessageDelivery: 'false' }
const valueOf = ({ attributes }: Subscription, name: string) => attributes[name] ?? DEFAULTS[name]

/** `True` is `true` to SNS. */
function withRaw({ RawMessageDelivery, ...others }: SnsAttributes): SnsAttributes {
  return RawMessageDelivery === undefined ? others : { ...others, RawMessageDelivery: RawMessageDelivery.toLowerCase() }
}

const isFilter = (name: string) => name === 'FilterPolicy' || name === 'RedrivePolicy'
const isNothing = (value: string) => value === '' || value === '{}'

function describe(account: Account, topic: Topic, { arn, attributes, endpoint, pending }: Subscription): SnsAttributes {
  const { FilterPolicyScope = 'MessageAttributes', ...others } = attributes
  return {
    SubscriptionArn: arn,
    TopicArn: topic.arn,
    Protocol: 'sqs',
    Endpoint: endpoint,
    Owner: account.accountId,
    ConfirmationWasAuthenticated: String(!pending),
    PendingConfirmation: String(pending),
    RawMessageDelivery: 'false',
    ...others,
    // shown only once there is a policy (case 118)
    ...(others['FilterPolicy'] && { FilterPolicyScope }),
  }
}
