import { type Duration, integerOption, wholeSeconds } from '@waybill/core'
import { type QueueEncryption, resolveQueueEncryption } from './encryption.ts'
import { resolveTags, type Tags } from './tags.ts'

/** What SQS itself is told of a queue. */
export interface QueueSettings {
  /**
   * How long a received message stays hidden from others, in whole seconds; consumers extend it while they work.
   * Default: `30s`. `5s` to `12h`: the upper bound is SQS's, below the lower one a lease can't be kept.
   */
  readonly visibilityTimeout?: Duration | undefined
  /** How long SQS keeps a message, in whole seconds. Default: `4d`. `60s` to `14d`, SQS's bounds. */
  readonly retention?: Duration | undefined
  /**
   * How long each new message stays hidden, in whole seconds, whoever sends it. On a standard queue a message's own delay
   * takes its place. Default: `0s`. `0s` to `15m`, SQS's bounds.
   */
  readonly delay?: Duration | undefined
  /**
   * Bytes of a message with its attributes; a larger one is refused, what SNS brings too. Default: 1,048,576. 1,024 to
   * 1,048,576, SQS's bounds.
   */
  readonly maximumMessageSize?: number | undefined
  /**
   * Encrypts messages at rest with a KMS key, in the dead-letter queue too. Left out: with SQS's own key (SSE-SQS).
   *
   * `kmsKey`: `alias/…`, a key's id, or its ARN. `dataKeyReuse`: for how long SQS uses a data key before it asks KMS for
   * another. Default: `5m`. `1m` to `1d`, SQS's bounds.
   *
   * Where the queue subscribes to topics, the key's policy must allow `kms:GenerateDataKey*` and `kms:Decrypt` to
   * `sns.amazonaws.com`, or SNS drops the messages. The policy of `alias/aws/sqs` can't be changed.
   */
  readonly encryption?: { readonly kmsKey: string; readonly dataKeyReuse?: Duration | undefined } | undefined
  /**
   * Tags of the queue and its dead-letter queue. Default: none. At most 50; keys of 1 to 128 characters that don't begin
   * with `aws:`, values of at most 256; of letters, digits, spaces and `_.:/=+-@` (AWS's bounds).
   */
  readonly tags?: Tags | undefined
}

/** The same, checked and complete. */
export interface ResolvedQueueSettings {
  /** Seconds. */
  readonly visibilityTimeout: number
  /** Seconds. */
  readonly retention: number
  /** Seconds. */
  readonly delay: number
  /** Bytes. */
  readonly maximumMessageSize: number
  /** Undefined: SSE-SQS. */
  readonly encryption: QueueEncryption | undefined
  readonly tags: Tags
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MEBIBYTE = 1_048_576

export function resolveQueueSettings(settings: QueueSettings): ResolvedQueueSettings {
  const { visibilityTimeout = '30s', retention = '4d', delay = '0s', maximumMessageSize = MEBIBYTE } = settings
  return {
    visibilityTimeout: wholeSeconds(
      visibilityTimeout,
      'visibilityTimeout',
      5,
      12 * HOUR,
      "SQS allows at most 12 hours; below 5 seconds a lease can't be kept",
    ),
    retention: wholeSeconds(retention, 'retention', MINUTE, 14 * DAY, "SQS's bounds"),
    delay: wholeSeconds(delay, 'delay', 0, 15 * MINUTE, "SQS's bounds"),
    maximumMessageSize: integerOption('maximumMessageSize', maximumMessageSize, 1_024, MEBIBYTE, "bytes; SQS's bounds"),
    encryption: resolveQueueEncryption(settings.encryption),
    tags: resolveTags('tags', settings.tags),
  }
}
