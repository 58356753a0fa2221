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

/** `onFound` comes before the first call with them, and not when the queue or topic can't be found. */
type Send = (entries: readonly SendEntry[], call: Call, onFound: () => void) => Promise<readonly EntryResult[]>
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
  return async (entries, call, onFound) => {
    const end = clock.now() + call.timeout
    let found: Ref
    try {
      found = await find()
    } catch (error) {
      // Nothing was sent, even when it is the look-up's answer that was lost.
      const refusal = { ...refusalOf(error), unknown: false }
      return entries.map(() => refusal)
    }
    onFound()
    // However many parts it goes in: whoever repeats it reckons with one call.
    return inHalves(entries, async (part) => {
      const timeout = end - clock.now()
      if (timeout <= 0) throw new SqsError('timeout', 'its call had no time left for it.', NOT_SENT)
      return send(found, part, { ...call, timeout })
    })
  }
}

const NOT_SENT = { verdict: 'now', unknown: false } as const
