import { BATCH_ENTRIES, type SnsApi } from '@waybill/sqs'
import { AwsError, invalidParameter } from '../aws-error.ts'
import { checkNotice, limitOf, type Notice, sizeOfNotice, textForSqs } from './check-notification.ts'
import type { Account } from '../account.ts'
import { deliver } from './deliver.ts'
import { sha256 } from '../sqs/send-message.ts'
import type { Published, Topic } from './topic.ts'

/** What SNS does with messages. */
export function publishActions(account: Account): Pick<SnsApi, 'publish' | 'publishBatch'> {
  return {
    async publish({ TopicArn, TargetArn = TopicArn, ...notice }) {
      const topic = topicAt(account, TargetArn)
      checkNotice(topic, notice)
      const answer = answerOf(publish(account, topic, notice))
      wakeAll(account)
      return answer
    },

    async publishBatch({ TopicArn, PublishBatchRequestEntries: entries = [] }) {
      const topic = topicAt(account, TopicArn)
      checkBatch(entries)
      if (entries.reduce((sum, entry) => sum + sizeOfNotice(entry), 0) > limitOf(topic))
        throw new AwsError('BatchRequestTooLong', 'The length of all the messages put together is more than the limit.')
      // one that can't be used is the failure of all (cases 98, 108)
      for (const entry of entries) checkNotice(topic, entry)
      const Successful = entries.map((entry) => ({ Id: entry.Id, ...answerOf(publish(account, topic, entry)) }))
      wakeAll(account)
      return { Successful, Failed: [] }
    },
  }
}

/** Open polls get what has come, all of a batch at once. */
function wakeAll({ queues }: Account): void {
  for (const queue of queues.values()) queue.wake()
}

function topicAt(account: Account, arn = ''): Topic {
  const parts = arn.split(':')
  if (parts.length < 6)
    throw invalidParameter(`TopicArn Reason: An ARN must have at least 6 elements, not ${parts.length}`)
  if (parts[3] !== account.region) throw invalidParameter('TopicArn')
  return account.topic(arn)
}

function publish(account: Account, topic: Topic, notice: Notice): Published {
  const message = textForSqs(notice)
  const { MessageGroupId: group, Message = '' } = notice
  const deduplicationId = topic.fifo ? (notice.MessageDeduplicationId ?? sha256(Message)) : undefined
  const perGroup = topic.attributes['FifoThroughputScope'] === 'MessageGroup'
  const key = perGroup ? `${group} ${deduplicationId}` : `${deduplicationId}`
  const first = topic.fifo ? topic.deduplication.find(key) : undefined
  if (first) return first
  const sequenceNumber = topic.fifo ? String(10_000_000_000_000_000_000n + BigInt(topic.sequence++)) : undefined
  const published: Published = { messageId: account.id(), sequenceNumber }
  if (topic.fifo) topic.deduplication.remember(key, published)
  deliver(account, topic, {
    ...published,
    subject: notice.Subject,
    message,
    // with a structure of texts, SNS sends no attributes
    attributes: notice.MessageStructure === 'json' ? {} : (notice.MessageAttributes ?? {}),
    group,
    deduplicationId,
    publishedAt: Math.floor(account.clock.epoch()),
  })
  return published
}

function answerOf({ messageId, sequenceNumber }: Published) {
  return { MessageId: messageId, ...(sequenceNumber && { SequenceNumber: sequenceNumber }) }
}

function checkBatch(entries: readonly { readonly Id: string | undefined }[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.")
  if (entries.length > BATCH_ENTRIES)
    throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.')
  const ids = new Set<string>()
  for (const { Id = '' } of entries) {
    const refused = (why: string) =>
      new AwsError('InvalidBatchEntryId', `The Id of a batch entry in the batch request ${why}: ${Id}`)
    if (!/^[\w-]+$/.test(Id)) throw refused('contains an impermissible character')
    if (Id.length > 80) throw refused('is too long')
    if (ids.has(Id))
      throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.')
    ids.add(Id)
  }
}
