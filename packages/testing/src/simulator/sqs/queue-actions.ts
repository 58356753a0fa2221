import { isDeepStrictEqual } from 'node:util'
import { QUEUE_NAME_LENGTH, type SqsApi } from '@waybill/sqs'
import { AwsError, invalidValue, missing } from '../aws-error.ts'
import type { Account } from '../account.ts'
import { parsedJson } from '../json.ts'
import {
  attributesOfNewQueue,
  changedAttributes,
  isQueueAttribute,
  type QueueAttributes,
  redrivePolicyOf,
  unknownAttribute,
} from '../queue/queue-attributes.ts'
import type { SimulatedQueue } from '../queue/queue.ts'
import { allowsSource } from '../queue/redrive-allow-policy.ts'

type QueueActions = Pick<
  SqsApi,
  | 'createQueue'
  | 'deleteQueue'
  | 'getQueueAttributes'
  | 'getQueueUrl'
  | 'listDeadLetterSourceQueues'
  | 'listQueueTags'
  | 'purgeQueue'
  | 'setQueueAttributes'
  | 'tagQueue'
>

/** What SQS does with queues. */
export function queueActions(account: Account): QueueActions {
  return {
    async createQueue({ QueueName, Attributes = {}, tags = {} }) {
      const name = checkName(QueueName, Attributes)
      const attributes = attributesOfNewQueue(Attributes)
      const existing = account.queues.get(name)
      if (!existing) {
        checkDeadLetters(account, account.arn('sqs', name), attributes)
        const queue = account.createQueue(name, attributes)
        queue.tags = { ...tags }
        return { QueueUrl: queue.url }
      }
      for (const [attribute, value] of Object.entries(Attributes)) {
        if (isSame(existing.attributes[attribute] ?? '', value)) continue
        throw new AwsError(
          'QueueAlreadyExists',
          `A queue already exists with the same name and a different value for attribute ${attribute}`,
        )
      }
      return { QueueUrl: existing.url }
    },

    async deleteQueue({ QueueUrl }) {
      account.deleteQueue(account.ownQueue(QueueUrl))
      return {}
    },

    async getQueueUrl({ QueueName, QueueOwnerAWSAccountId = account.accountId }) {
      return { QueueUrl: account.queue(`${QueueOwnerAWSAccountId}/${QueueName}`).url }
    },

    async getQueueAttributes({ QueueUrl, AttributeNames = [] }) {
      const all = attributesOf(account.queue(QueueUrl))
      const names: readonly string[] = AttributeNames
      const unknown = names.find((name) => name !== 'All' && !isQueueAttribute(name))
      if (unknown !== undefined) throw unknownAttribute(unknown)
      const Attributes = Object.fromEntries(
        Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name)),
      )
      return Object.keys(Attributes).length > 0 ? { Attributes } : {}
    },

    async setQueueAttributes({ QueueUrl, Attributes }) {
      const queue = account.ownQueue(QueueUrl)
      if (!Attributes) throw missing('Attributes')
      const attributes = changedAttributes(queue.attributes, Attributes)
      if (Attributes.RedrivePolicy) checkDeadLetters(account, queue.arn, attributes)
      queue.setAttributes(attributes)
      return {}
    },

    async purgeQueue({ QueueUrl }) {
      account.queue(QueueUrl).purge()
      return {}
    },

    async listDeadLetterSourceQueues({ QueueUrl }) {
      const { arn } = account.queue(QueueUrl)
      const sources = Array.from(account.queues.values()).filter(({ redrive }) => redrive?.deadLetterTargetArn === arn)
      return { queueUrls: sources.map(({ url }) => url) }
    },

    async tagQueue({ QueueUrl, Tags }) {
      if (!Tags) throw missing('Tags')
      const queue = account.ownQueue(QueueUrl)
      queue.tags = { ...queue.tags, ...Tags }
      return {}
    },

    async listQueueTags({ QueueUrl }) {
      const { tags } = account.ownQueue(QueueUrl)
      return Object.keys(tags).length > 0 ? { Tags: { ...tags } } : {}
    },
  }
}

/** A policy is the same however its JSON is written. */
function isSame(before: string, now: string): boolean {
  return before === now || (now.startsWith('{') && isDeepStrictEqual(parsedJson(before), parsedJson(now)))
}

function checkName(name: string | undefined, attributes: QueueAttributes): string {
  if (!name) throw missing('QueueName')
  const fifo = attributes['FifoQueue'] === 'true'
  if (fifo && !name.endsWith('.fifo'))
    throw invalidValue(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    )
  const legal = fifo ? /^[\w-]+\.fifo$/ : /^[\w-]+$/
  if (legal.test(name) && name.length <= QUEUE_NAME_LENGTH) return name
  throw invalidValue('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length')
}

/** The dead-letter queue must exist, be of the same type, and take this source. */
function checkDeadLetters(account: Account, sourceArn: string, attributes: QueueAttributes): void {
  const arn = redrivePolicyOf(attributes)?.deadLetterTargetArn
  if (arn === undefined) return
  const value = attributes['RedrivePolicy']
  const refuse = (reason: string) =>
    invalidValue(`Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`)
  const target = account.queueAt(arn)
  if (!target) throw refuse('Dead letter target does not exist.')
  if (target.fifo !== (attributes['FifoQueue'] === 'true'))
    throw refuse('Dead-letter queue must be same type of queue as the source.')
  if (!allowsSource(target.attributes['RedriveAllowPolicy'], sourceArn))
    throw refuse('The RedriveAllowPolicy of the dead-letter queue does not allow this source queue.')
}

function attributesOf(queue: SimulatedQueue): QueueAttributes {
  const messages = queue.messages()
  const count = (wanted: string) => String(messages.filter(({ state }) => state === wanted).length)
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    CreatedTimestamp: String(queue.createdAt),
    LastModifiedTimestamp: String(queue.changedAt),
    ApproximateNumberOfMessages: count('visible'),
    ApproximateNumberOfMessagesNotVisible: count('in-flight'),
    ApproximateNumberOfMessagesDelayed: count('delayed'),
  }
}
