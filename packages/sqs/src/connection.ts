import type { Clock } from '@waybill/core'
import type { Logger } from './logger.ts'
import type { Admin, QueueRef, SnsTransport, SqsTransport, TopicRef } from './ports.ts'

/** A declared queue or topic, as far as finding it goes. */
export interface Declared {
  readonly name: string
  readonly fifo: boolean
}

/**
 * An account and region, or something that acts like one. Made by `connect()` or a test backend; whoever made it closes
 * it, after the producers and consumers that use it.
 */
export interface Connection extends AsyncDisposable {
  readonly sqs: SqsTransport
  readonly sns: SnsTransport
  readonly admin: Admin
  readonly clock: Clock
  readonly logger: Logger
  /** Resolved by the AWS SDK's chain when not given. */
  region(): Promise<string>
  /** The physical name of a declared queue: `locate`'s, or prefix + name (+ `.fifo`). */
  queueName(declared: Declared): string
  /** Whose account a declared queue is looked for in: that of its URL or ARN, else `accountId`. Undefined: the credentials'. */
  queueAccount(declared: Declared): string | undefined
  topicName(declared: Declared): string
  /** Finds a declared queue. Rejects with an `SqsError` that names the queue, the region and the account when there is none. */
  queue(declared: Declared): Promise<QueueRef>
  topic(declared: Declared): Promise<TopicRef>
  close(): Promise<void>
}
