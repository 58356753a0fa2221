import { isDeepStrictEqual } from 'node:util'
import { type SnsApi, TOPIC_NAME_LENGTH } from '@waybill/sqs'
import { AwsError, invalidParameter } from '../aws-error.ts'
import type { Account } from '../account.ts'
import { newTopic, type SnsAttributes, type Topic } from './topic.ts'

type TopicActions = Pick<
  SnsApi,
  'createTopic' | 'deleteTopic' | 'getTopicAttributes' | 'listTagsForResource' | 'setTopicAttributes' | 'tagResource'
>

/** What SNS does with topics. */
export function topicActions(account: Account): TopicActions {
  function tagged(arn = ''): Topic {
    // a topic policy can't allow it
    if (arn && !account.owns(arn)) throw new AwsError('AuthorizationError', `User is not authorized on ${arn}`)
    const topic = account.topics.get(arn)
    if (topic) return topic
    throw new AwsError('ResourceNotFoundException', 'Resource does not exist')
  }

  return {
    async createTopic({ Name = '', Attributes = {}, Tags = [] }) {
      const fifo = Attributes['FifoTopic'] === 'true'
      const legal = fifo ? /^[\w-]+\.fifo$/ : /^[\w-]+$/
      if (!legal.test(Name) || Name.length > TOPIC_NAME_LENGTH) throw invalidParameter('Topic Name')
      for (const [name, value] of Object.entries(Attributes))
        if (!isAttribute(name, value)) throw invalidParameter(`Attributes Reason: Invalid value or attribute ${name}`)
      const arn = account.arn('sns', Name)
      const tags = tagsOf(Tags)
      const existing = account.topics.get(arn)
      if (!existing) {
        const defaults: SnsAttributes = fifo ? { ContentBasedDeduplication: 'false' } : {}
        account.topics.set(arn, newTopic(arn, { ...defaults, ...Attributes }, tags, account.clock))
      } else if (Object.entries(Attributes).some(([name, value]) => existing.attributes[name] !== value)) {
        throw invalidParameter('Attributes Reason: Topic already exists with different attributes')
      } else if (Tags.length > 0 && !isDeepStrictEqual(existing.tags, tags)) {
        throw invalidParameter('Tags Reason: Topic already exists with different tags')
      }
      return { TopicArn: arn }
    },

    async deleteTopic({ TopicArn = '' }) {
      account.topics.delete(TopicArn)
      return {}
    },

    async getTopicAttributes({ TopicArn }) {
      const topic = account.topic(TopicArn)
      const pending = Array.from(topic.subscriptions.values()).filter((subscription) => subscription.pending).length
      const counts = {
        SubscriptionsConfirmed: String(topic.subscriptions.size - pending),
        SubscriptionsPending: String(pending),
        SubscriptionsDeleted: '0',
      }
      return { Attributes: { TopicArn: topic.arn, Owner: account.accountId, ...counts, ...topic.attributes } }
    },

    async setTopicAttributes({ AttributeName = '', AttributeValue = '', TopicArn }) {
      const topic = account.topic(TopicArn)
      if (AttributeName === 'FifoTopic' || !isAttribute(AttributeName, AttributeValue))
        throw invalidParameter('AttributeName')
      const { [AttributeName]: _, ...others } = topic.attributes
      topic.attributes = AttributeValue === '' ? others : { ...others, [AttributeName]: AttributeValue }
      return {}
    },

    async tagResource({ ResourceArn, Tags = [] }) {
      const topic = tagged(ResourceArn)
      topic.tags = { ...topic.tags, ...tagsOf(Tags) }
      return {}
    },

    async listTagsForResource({ ResourceArn }) {
      return { Tags: Object.entries(tagged(ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })) }
    },
  }
}

function tagsOf(
  tags: readonly { readonly Key: string | undefined; readonly Value: string | undefined }[],
): SnsAttributes {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
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
