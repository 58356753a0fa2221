import { AwsError } from '../aws-error.ts'
import { checkMessage, type Sent, sizeOf } from '../sqs/check-message.ts'
import type { Account } from '../account.ts'
import { filterMatches } from '../filter/filter-policy.ts'
import { isRecord, parsedJson } from '../json.ts'
import { envelopeOf, type Notification } from './notification.ts'
import { newMessage } from '../queue/message.ts'
import { allowsTopic } from '../queue/queue-policy.ts'
import { filterScopeOf, type Subscription, type Topic } from './topic.ts'

/**
 * Brings a notification to the subscriptions that want it. What a queue refuses goes to the subscription's dead-letter
 * queue, else it is lost. Whoever calls it wakes the polls.
 */
export function deliver(account: Account, topic: Topic, notification: Notification): void {
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.pending) continue
    const { message: body, attributes } = notification
    const { filter } = subscription
    if (filter && !filterMatches(filter, filterScopeOf(subscription.attributes), { body, attributes })) continue
    const sent = contentOf(notification, topic, subscription)
    if (put(account, subscription.endpoint, sent, notification, topic)) continue
    const deadLetters = deadLetterArnOf(subscription)
    if (deadLetters !== undefined) put(account, deadLetters, sent, notification, topic)
  }
}

function contentOf(notification: Notification, topic: Topic, { arn, attributes }: Subscription): Sent {
  return attributes['RawMessageDelivery'] === 'true'
    ? { MessageBody: notification.message, MessageAttributes: notification.attributes }
    : { MessageBody: envelopeOf(notification, topic, arn) }
}

/** Whether the queue has taken it. SNS tries a client error no second time (case 106). */
function put(account: Account, queueArn: string, sent: Sent, notification: Notification, topic: Topic): boolean {
  const queue = account.queueAt(queueArn)
  if (!queue || !allowsTopic(queue.attributes['Policy'], queue.arn, topic.arn)) return false
  try {
    checkMessage(sent, queue.fifo)
  } catch (error) {
    if (error instanceof AwsError) return false
    throw error
  }
  if (sizeOf(sent) > Number(queue.attributes['MaximumMessageSize'])) return false
  const content = {
    body: sent.MessageBody ?? '',
    attributes: sent.MessageAttributes ?? {},
    // a FIFO topic gives a standard queue none (case 101)
    group: topic.fifo === queue.fifo ? notification.group : undefined,
    deduplicationId: queue.fifo ? notification.deduplicationId : undefined,
    trace: undefined,
  }
  queue.send(newMessage(account, content))
  return true
}

function deadLetterArnOf({ attributes }: Subscription): string | undefined {
  const policy = parsedJson(attributes['RedrivePolicy'] ?? '')
  const arn = isRecord(policy) ? policy['deadLetterTargetArn'] : undefined
  return typeof arn === 'string' ? arn : undefined
}
