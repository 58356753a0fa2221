// SQS's and SNS's own bounds. Sources: "Amazon SQS message quotas" (developer guide), "Amazon SNS endpoints and quotas",
// and the API references of the calls named.

/** Entries of one batch call, and messages of one receive (SQS and SNS). */
export const BATCH_ENTRIES = 10
/** All entries of one SendMessageBatch together: bodies and attributes, in bytes, whatever the queue's MaximumMessageSize. */
export const BATCH_BYTES = 1_048_576
/** One SQS message with its attributes, in bytes: the default and the largest MaximumMessageSize of a queue. */
export const MESSAGE_BYTES = 1_048_576
/** One SNS message, and one PublishBatch, in bytes: the default MaximumMessageSize of a topic (it can be raised to 1 MiB). */
export const TOPIC_BYTES = 262_144

/** Message attributes that SQS takes on one message. */
export const ATTRIBUTES = 10
export { ATTRIBUTE_NAME_LENGTH } from '@waybill/schema'

/** A visibility timeout in seconds: of one call, and of one receive in all (SQS ChangeMessageVisibility). */
export const VISIBILITY_SECONDS = 43_200
/** DelaySeconds of a message (SQS SendMessage). */
export const DELAY_SECONDS = 900
/** WaitTimeSeconds of a receive (SQS ReceiveMessage). */
export const WAIT_SECONDS = 20
/** MessageRetentionPeriod in seconds (SQS SetQueueAttributes). */
export const RETENTION_SECONDS = { min: 60, max: 1_209_600, default: 345_600 } as const

/** Statements and bytes of a queue's policy ("Amazon SQS policy quotas"). */
export const POLICY_STATEMENTS = 20
export const POLICY_BYTES = 8_192
/** Source queues that a dead-letter queue's RedriveAllowPolicy can name (SQS SetQueueAttributes). */
export const REDRIVE_SOURCES = 10

/** Characters of a queue's name, `.fifo` included (SQS CreateQueue). */
export const QUEUE_NAME_LENGTH = 80
/** Characters of a topic's name, `.fifo` included (SNS CreateTopic). */
export const TOPIC_NAME_LENGTH = 256

/** A message group id or deduplication id: letters, digits and punctuation, no space (SQS SendMessage). */
export const GROUP_ID = /^[\x21-\x7e]{1,128}$/
/** The characters that a body or an attribute's value may consist of (SQS SendMessage): those of XML 1.0. */
export const LEGAL_TEXT = /^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u
