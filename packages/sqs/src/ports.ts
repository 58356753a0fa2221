import type { Attempt } from '@waybill/core'

/** A queue that has been found. `name` is the declared one, for logs and errors. */
export interface QueueRef {
  readonly name: string
  readonly url: string
  readonly fifo: boolean
}

/** A topic that has been found. `name` is the declared one, for logs and errors. */
export interface TopicRef {
  readonly name: string
  readonly arn: string
  readonly fifo: boolean
}

/** How long a call may take, in milliseconds, and what calls it off. */
export interface Call {
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
}

/** A message attribute; `type` is SQS's DataType with its label, such as `Number.int`. */
export interface Attribute {
  readonly type: string
  readonly value: string | Uint8Array
}
export type Attributes = Readonly<Record<string, Attribute>>

export interface SendEntry {
  readonly body: string
  readonly attributes: Attributes
  readonly group?: string | undefined
  readonly deduplicationId?: string | undefined
  /** Seconds, at most 900; standard queues only. */
  readonly delay?: number | undefined
}
export type PublishEntry = Omit<SendEntry, 'delay'>

/** What SQS or SNS says of an accepted entry. */
export interface Accepted {
  readonly messageId: string
  readonly sequenceNumber?: string | undefined
}
/** A refused entry's error is an `SqsError`. */
export type EntryResult<Value = Accepted> = Attempt<Value>

export interface ReceiveRequest {
  /** 1 to 10. */
  readonly max: number
  /** Seconds, 0 to 20. */
  readonly wait: number
  /** Seconds, 0 to 43,200. */
  readonly visibilityTimeout: number
  /** FIFO only: the same id gets the same messages again after an answer was lost. */
  readonly attemptId?: string | undefined
}

export interface ReceivedMessage {
  readonly messageId: string
  readonly receiptHandle: string
  readonly body: string
  readonly attributes: Attributes
  /** Message group: always on FIFO queues, on standard ones when sent with a fair-queue key. */
  readonly group: string | undefined
  readonly sequenceNumber: string | undefined
  /** SQS's ApproximateReceiveCount, this receive included. */
  readonly receives: number
  /** Milliseconds since 1970, by SQS's clock. */
  readonly sentAt: number
}

export interface VisibilityEntry {
  readonly handle: string
  /** Seconds from now, 0 to 43,200. */
  readonly visibilityTimeout: number
}

/**
 * The hot calls. Entry results are positional, and every entry has one. A call that fails as a whole rejects with an
 * `SqsError`. Batches are the caller's: at most ten entries and 1 MiB.
 */
export interface SqsTransport {
  send(queue: QueueRef, entries: readonly SendEntry[], call: Call): Promise<readonly EntryResult[]>
  receive(queue: QueueRef, request: ReceiveRequest, call: Call): Promise<readonly ReceivedMessage[]>
  delete(queue: QueueRef, handles: readonly string[], call: Call): Promise<readonly EntryResult<void>[]>
  changeVisibility(
    queue: QueueRef,
    entries: readonly VisibilityEntry[],
    call: Call,
  ): Promise<readonly EntryResult<void>[]>
}

export interface SnsTransport {
  publish(topic: TopicRef, entries: readonly PublishEntry[], call: Call): Promise<readonly EntryResult[]>
}

/** Attributes under SQS's and SNS's own names, and tags. */
type Strings = Readonly<Record<string, string>>

/** A subscription, as SNS lists it. */
export interface ListedSubscription {
  /** `PendingConfirmation` until its endpoint's owner has confirmed it. */
  readonly arn: string
  readonly endpoint: string
  /** Whose account made it. */
  readonly owner: string
}

export interface QueueAdmin {
  /** The URL of the queue with this physical name, or undefined when there is none. */
  findQueue(name: string, account?: string): Promise<string | undefined>
  queueAttributes(url: string): Promise<Strings>
  queueTags(url: string): Promise<Strings>
  /** A queue that is there already is left as it is: an `already-exists` when it differs. Likewise topics, subscriptions. */
  createQueue(name: string, attributes: Strings, tags?: Strings): Promise<string>
  setQueueAttributes(url: string, attributes: Strings): Promise<void>
  /** Adds tags, or gives them another value. */
  tagQueue(url: string, tags: Strings): Promise<void>
  deleteQueue(url: string): Promise<void>
}

export interface TopicAdmin {
  /** The topic's attributes, or undefined when there is none. */
  topicAttributes(arn: string): Promise<Strings | undefined>
  topicTags(arn: string): Promise<Strings>
  createTopic(name: string, attributes: Strings, tags?: Strings): Promise<string>
  setTopicAttribute(arn: string, name: string, value: string): Promise<void>
  tagTopic(arn: string, tags: Strings): Promise<void>
  deleteTopic(arn: string): Promise<void>
}

export interface SubscriptionAdmin {
  subscriptions(topicArn: string): Promise<readonly ListedSubscription[]>
  /**
   * With `RawMessageDelivery`, `FilterPolicy`, `RedrivePolicy`; undefined when there is no such subscription. SNS tells its
   * owner alone, not the topic's.
   */
  subscriptionAttributes(arn: string): Promise<Strings | undefined>
  subscribe(topicArn: string, queueArn: string, attributes: Strings): Promise<string>
  setSubscriptionAttribute(arn: string, name: string, value: string): Promise<void>
  unsubscribe(arn: string): Promise<void>
}

/** Look-ups and provisioning: reads and writes one account. */
export interface Admin extends QueueAdmin, TopicAdmin, SubscriptionAdmin {
  account(): Promise<string>
}
