import { integerOption } from '@waybill/core'
import { resolveTopicEncryption, type TopicEncryption } from './encryption.ts'
import { resolveTags, type Tags } from './tags.ts'

/** What SNS itself is told of a topic. */
export interface TopicSettings {
  /**
   * Bytes of a message with its attributes, and of a batch. Default: left to SNS, which means 262,144. 1,024 to 1,048,576,
   * SNS's bounds; above 262,144 a topic takes at most 100 subscriptions.
   */
  readonly maximumMessageSize?: number | undefined
  /**
   * Encrypts messages at rest with a KMS key. `kmsKey`: `alias/…`, a key's id, or its ARN. Who publishes needs
   * `kms:GenerateDataKey*` and `kms:Decrypt` on it. Left out: none.
   */
  readonly encryption?: TopicEncryption | undefined
  /**
   * Tags of the topic. Default: none. At most 50; keys of 1 to 128 characters that don't begin with `aws:`, values of at
   * most 256; of letters, digits, spaces and `_.:/=+-@` (AWS's bounds).
   */
  readonly tags?: Tags | undefined
}

/** The same, checked and complete. */
export interface ResolvedTopicSettings {
  /** Bytes. Undefined: left to SNS. */
  readonly maximumMessageSize: number | undefined
  readonly encryption: TopicEncryption | undefined
  readonly tags: Tags
}

export function resolveTopicSettings({ maximumMessageSize, encryption, tags }: TopicSettings): ResolvedTopicSettings {
  return {
    maximumMessageSize:
      maximumMessageSize === undefined
        ? undefined
        : integerOption('maximumMessageSize', maximumMessageSize, 1_024, 1_048_576, "bytes; SNS's bounds"),
    encryption: resolveTopicEncryption(encryption),
    tags: resolveTags('tags', tags),
  }
}
