import { type SnsApi, TOPIC_NAME_LENGTH } from '@waybill/sqs'
import { invalidParameter } from '../aws-error.ts'
import type { Account } from '../account.ts'
import { newTopic, type SnsAttributes } from './topic.ts'

type TopicActions = Pick<SnsApi, 'createTopic' | 'deleteTopic' | 'getTopicAttributes' | 'setTopicAttributes'>

/** What SNS does with topics. */
export function topicActions(account: Account): TopicActions {
  return {
    async createTopic({ Name = '', Attributes = {} }) {
      const fifo = Attributes['FifoTopic'] === 'true'
      const legal = fifo ? /^[\w-]+\.fifo$/ : /^[\w-]+$/
      if (!legal.test(Name) || Name.length > TOPIC_NAME_LENGTH) throw invalidParameter('Topic Name')
      for (const [name, value] of Object.entries(Attributes))
        if (!isAttribute(name, value)) throw invalidParameter(`Attributes Reason: Invalid value or attribute ${name}`)
      const arn = account.arn('sns', Name)
      const existing = account.topics.get(arn)
      if (!existing) {
        const defaults: SnsAttributes = fifo ? { ContentBasedDeduplication: 'false' } : {}
        account.topics.set(arn, newTopic(arn, { ...defaults, ...Attributes }, account.clock))
      } else if (Object.entries(Attributes).some(([name, value]) => existing.attributes[name] !== value)) {
        throw invalidParameter('Attributes Reason: Topic already exists with different attributes')
      }
      return { TopicArn: arn }
    },

    async deleteTopic({ TopicArn = '' }) {
      account.topics.delete(TopicArn)
      return {}
    },

    async getTopicAttributes({ TopicArn }) {
      const topic = account.topic(TopicArn)
      const counts = {
        SubscriptionsConfirmed: String(topic.subscriptions.size),
        SubscriptionsPending: '0',
        SubscriptionsDeleted: '0',
      }
      return { Attributes: { TopicArn: topic.arn, Owner: account.accountId, ...counts, ...topic.attributes } }
    },

    async setTopicAttributes({ AttributeName = '', AttributeValue = '', TopicArn }) {
      const topic = account.topic(TopicArn)
      if (AttributeName === 'FifoTopic' || !isAttribute(AttributeName, AttributeValue))
        throw invalidParameter('AttributeName')
      topic.attributes = { ...topic.attributes, [AttributeName]: AttributeValue }
      return {}
    },
  }
}

const NAMES = new Set(
  'DeliveryPolicy DisplayName FifoTopic Policy SignatureVersion TracingConfig KmsMasterKeyId ArchivePolicy ContentBasedDeduplication FifoThroughputScope'.split(
    ' ',
  ),
)

function isAttribute(name: string, value: string): boolean {
  if (name === 'MaximumMessageSize') return /^\d+$/.test(value) && Number(value) >= 1_024 && Number(value) <= 1_048_576
  return NAMES.has(name) || /^(HTTP|Firehose|Lambda|Application|SQS)(Success|Failure)Feedback/.test(name)
}
