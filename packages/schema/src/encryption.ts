import { checkKeys, type Duration, OptionsError, quote, wholeSeconds } from '@waybill/core'

/** Encryption of a queue with a KMS key, complete. */
export interface QueueEncryption {
  readonly kmsKey: string
  /** Seconds. */
  readonly dataKeyReuse: number
}

/** Encryption of a topic with a KMS key. */
export interface TopicEncryption {
  readonly kmsKey: string
}

interface Given {
  readonly kmsKey: string
  readonly dataKeyReuse?: Duration | undefined
}

export function resolveQueueEncryption(encryption: Given | undefined): QueueEncryption | undefined {
  if (encryption === undefined) return undefined
  checkKeys(encryption, ['kmsKey', 'dataKeyReuse'], 'encryption')
  const { kmsKey, dataKeyReuse = '5m' } = encryption
  return Object.freeze({
    kmsKey: checkKmsKey(kmsKey),
    dataKeyReuse: wholeSeconds(dataKeyReuse, 'encryption.dataKeyReuse', 60, 86_400, "SQS's bounds"),
  })
}

export function resolveTopicEncryption(encryption: TopicEncryption | undefined): TopicEncryption | undefined {
  if (encryption === undefined) return undefined
  checkKeys(encryption, ['kmsKey'], 'encryption')
  return Object.freeze({ kmsKey: checkKmsKey(encryption.kmsKey) })
}

// An alias, the id of a key (of one region, or of several), or an ARN of either.
const KMS_KEY =
  /^(alias\/[\w/-]+|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|mrk-[\da-f]{32}|arn:[\w-]+:kms:[\w-]+:\d{12}:(key|alias)\/[\w/-]+)$/

function checkKmsKey(key: unknown): string {
  if (typeof key === 'string' && KMS_KEY.test(key)) return key
  const alias = typeof key === 'string' && /^[\w/-]+$/.test(key) ? `'alias/${key}'` : "'alias/orders'"
  throw new OptionsError(
    `encryption.kmsKey: ${quote(key)} is no KMS key. Write an alias, as in ${alias}, the key's id, or its ARN.`,
  )
}
