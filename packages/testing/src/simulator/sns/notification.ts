import type { MessageAttributes } from '../queue/message.ts'
import type { Topic } from './topic.ts'

/** A published message on its way to the topic's subscriptions. */
export interface Notification {
  readonly messageId: string
  readonly sequenceNumber: string | undefined
  readonly subject: string | undefined
  /** For SQS: with MessageStructure `json`, the text under `sqs`. */
  readonly message: string
  readonly attributes: MessageAttributes
  readonly group: string | undefined
  readonly deduplicationId: string | undefined
  /** Milliseconds since 1970. */
  readonly publishedAt: number
}

/** The body of a delivery that is not raw: keys in AWS's order; FIFO topics sign nothing (case 102). */
export function envelopeOf(notification: Notification, topic: Topic, subscriptionArn: string): string {
  const { attributes, message, messageId, publishedAt, sequenceNumber, subject } = notification
  const region = topic.arn.split(':')[3]
  const host = `https://sns.${region}.amazonaws.com`
  const signed = {
    SignatureVersion: '1',
    Signature: 'simulated',
    SigningCertURL: `${host}/SimpleNotificationService-0000000000000000000000.pem`,
  }
  const entries = Object.entries(attributes).map(([name, { BinaryValue, DataType, StringValue }]) => {
    const value = BinaryValue ? Buffer.from(BinaryValue).toString('base64') : StringValue
    return [name, { Type: DataType, Value: value }] as const
  })
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    SequenceNumber: sequenceNumber,
    TopicArn: topic.arn,
    Subject: subject,
    Message: message,
    Timestamp: new Date(publishedAt).toISOString(),
    ...(topic.fifo ? {} : signed),
    UnsubscribeURL: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
    MessageAttributes: entries.length > 0 ? Object.fromEntries(entries) : undefined,
  })
}
