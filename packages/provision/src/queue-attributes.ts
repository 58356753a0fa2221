import type { AnyQueue, QueueDefinition } from '@waybill/schema'
import { MESSAGE_BYTES, RETENTION_SECONDS, WAIT_SECONDS } from '@waybill/sqs'
import type { Attributes } from './change.ts'
import { deadLetterOf } from './declarations.ts'
import type { NeededQueue } from './needed.ts'
import type { Places } from './places.ts'
import { redriveAllowPolicy } from './redrive-allow.ts'

/** SQS's own net for processes that die: it must not act before Waybill has made its attempts, of which there are at most 500. */
const maxReceiveCount = (attempts: number) => Math.max(10, 2 * attempts)

/** What is wanted of a queue, under SQS's own names. */
export function queueAttributes(queue: NeededQueue, places: Places): Attributes {
  const { declaration, declared, encryption, sources, throughput } = queue
  return {
    ...fifoAttributes(declared.fifo, throughput),
    ...(declaration ? ownAttributes(declaration, places) : DEAD_LETTERS),
    ReceiveMessageWaitTimeSeconds: String(WAIT_SECONDS),
    ...encryptionAttributes(encryption),
    ...(sources.length > 0 && {
      RedriveAllowPolicy: redriveAllowPolicy(sources.map((source) => places.queue(source).arn)),
    }),
  }
}

function ownAttributes(queue: AnyQueue, places: Places): Attributes {
  const { deadLetter, delay, maximumMessageSize, retention, visibilityTimeout } = queue['~definition']
  const target = deadLetterOf(queue)
  return {
    VisibilityTimeout: String(visibilityTimeout),
    MessageRetentionPeriod: String(retention),
    DelaySeconds: String(delay),
    MaximumMessageSize: String(maximumMessageSize),
    ...(deadLetter &&
      target && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: places.queue(target).arn,
          maxReceiveCount: maxReceiveCount(deadLetter.attempts),
        }),
      }),
  }
}

/** As long as SQS allows: on a standard dead-letter queue a message keeps the age that it had. And all that SQS takes. */
const DEAD_LETTERS: Attributes = {
  MessageRetentionPeriod: String(RETENTION_SECONDS.max),
  DelaySeconds: '0',
  MaximumMessageSize: String(MESSAGE_BYTES),
}

function encryptionAttributes(encryption: QueueDefinition['encryption']): Attributes {
  if (!encryption) return { SqsManagedSseEnabled: 'true' }
  const { dataKeyReuse, kmsKey } = encryption
  return { KmsMasterKeyId: kmsKey, KmsDataKeyReusePeriodSeconds: String(dataKeyReuse) }
}

function fifoAttributes(fifo: boolean, throughput: QueueDefinition['throughput']): Attributes {
  if (!fifo) return {}
  const high = throughput === 'high'
  return {
    FifoQueue: 'true',
    DeduplicationScope: high ? 'messageGroup' : 'queue',
    FifoThroughputLimit: high ? 'perMessageGroupId' : 'perQueue',
  }
}
