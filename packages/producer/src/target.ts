import { type Clock, refusalOf } from '@waybill/core'
import type { AnyMessage, AnyQueue, AnyTopic, Keying } from '@waybill/schema'
import {
  BATCH_BYTES,
  type Call,
  type Connection,
  type EntryResult,
  type SendEntry,
  SqsError,
  TOPIC_BYTES,
} from '@waybill/sqs'
import { inHalves } from './in-halves.ts'

/** A declared queue or topic, as a producer sees it. */
export interface Target extends Keying {
  readonly kind: 'queue' | 'topic'
  readonly fifo: boolean
  /** For errors: `queue 'stock'`. */
  readonly label: string
  readonly messages: ReadonlyMap<string, AnyMessage>
  readonly maxMessageBytes: number
  readonly maxBatchBytes: number
  readonly send: Send
}

/** What is sent; `called` is set when a call is made with it, which finding the queue or topic comes before. */
interface Sendable extends SendEntry {
  called: boolean
}

/** `isOpen` says of a position whether its message is still to be sent, once the queue or topic is found. */
type Send = (
  messages: readonly Sendable[],
  call: Call,
  isOpen: (index: number) => boolean,
) => Promise<readonly EntryResult[]>
type SendTo<Ref> = (found: Ref, entries: readonly SendEntry[], call: Call) => Promise<readonly EntryResult[]>

export function targetOf(connection: Connection, declared: AnyQueue | AnyTopic): Target {
  const { kind, name, fifo } = declared
  const { messages, group, deduplicate, maximumMessageSize = TOPIC_BYTES } = declared['~definition']
  const common = {
    kind,
    fifo,
    label: `${kind} '${name}'`,
    messages,
    group,
    deduplicate,
    maxMessageBytes: maximumMessageSize,
  }
  return kind === 'queue'
    ? {
        ...common,
        // whatever the queue's own size
        maxBatchBytes: BATCH_BYTES,
        send: sending(
          connection.clock,
          () => connection.queue(declared),
          (queue, entries, call) => connection.sqs.send(queue, entries, call),
        ),
      }
    : {
        ...common,
        maxBatchBytes: maximumMessageSize,
        send: sending(
          connection.clock,
          () => connection.topic(declared),
          (topic, entries, call) => connection.sns.publish(topic, entries, call),
        ),
      }
}

function sending<Ref>(clock: Clock, find: () => Promise<Ref>, send: SendTo<Ref>): Send {
  return async (messages, call, isOpen) => {
    const end = clock.now() + call.timeout
    let found: Ref
    try {
      found = await find()
    } catch (error) {
      // Nothing was sent, even when it is the look-up's answer that was lost.
      const refusal = { ...refusalOf(error), unknown: false }
      return messages.map(() => refusal)
    }
    // Whoever was told that it is not sent must be right.
    const open = messages.filter((_, index) => isOpen(index))
    const answers = await inHalves(open, async (part) => {
      // However many parts it goes in: whoever repeats it reckons with one call.
      const timeout = end - clock.now()
      if (timeout <= 0) throw new SqsError('timeout', 'its call had no time left for it.', NOT_SENT)
      for (const message of part) message.called = true
      return send(found, part, { ...call, timeout })
    })
    if (open.length === messages.length) return answers
    const answerTo = new Map(open.map((message, index) => [message, answers[index]]))
    return messages.map((message) => answerTo.get(message) ?? GIVEN_UP)
  }
}

const NOT_SENT = { verdict: 'now', unknown: false } as const
const GIVEN_UP = refusalOf(new SqsError('aborted', 'it was given up before its call.', NOT_SENT))
