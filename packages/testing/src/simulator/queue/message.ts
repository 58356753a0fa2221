import type { Clock } from '@waybill/core'
import type Denque from 'denque'
import type { MessageAttributeValue } from '@waybill/sqs'

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>

/** A message as it is put into a queue. */
export interface NewMessage {
  readonly id: string
  readonly body: string
  readonly attributes: MessageAttributes
  readonly group: string | undefined
  readonly deduplicationId: string | undefined
  /** AWSTraceHeader. */
  readonly trace: string | undefined
  /** Milliseconds since 1970. */
  readonly sentAt: number
  /** Its retention counts from here, on the clock. */
  readonly enqueuedAt: number
  /** How often it was received in the queues that it came from. */
  readonly receivesBefore: number
  /** When the first of these receives was, in milliseconds since 1970. */
  readonly firstReceivedBefore: number | undefined
  /** ARN of the queue whose redrive policy moved it here. */
  readonly deadLetterSource: string | undefined
}

/** A message in its queue. */
export interface StoredMessage extends NewMessage {
  readonly sequence: number
  readonly line: Line
  state: 'delayed' | 'visible' | 'in-flight' | 'gone'
  /** Until when it is hidden, while it is delayed or in flight. */
  hiddenUntil: number
  /** When to look at it again: then, or when its retention is over. */
  dueAt: number
  /** In this queue. */
  receives: number
  /** Milliseconds since 1970. */
  firstReceivedAt: number | undefined
  /** Of the newest receive: what its receipt handle bears, and when it was, on the clock. */
  receipt: number
  receivedAt: number
}

/** Messages that are received in their order: those of a message group, or a standard queue's message by itself. */
export interface Line {
  readonly messages: Denque<StoredMessage>
  /** Whether it is among those that a receive looks through. */
  queued: boolean
}

/** A message that nobody had before. It has attributes of its own: what the sender does to his changes nothing here. */
export function newMessage(
  { clock, id }: { readonly clock: Clock; readonly id: () => string },
  content: Pick<NewMessage, 'attributes' | 'body' | 'deduplicationId' | 'group' | 'trace'>,
): NewMessage {
  return {
    ...content,
    attributes: structuredClone(content.attributes),
    id: id(),
    sentAt: Math.floor(clock.epoch()),
    enqueuedAt: clock.now(),
    receivesBefore: 0,
    firstReceivedBefore: undefined,
    deadLetterSource: undefined,
  }
}
