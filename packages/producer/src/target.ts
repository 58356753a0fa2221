import { refusalOf } from '@waybill/core'
import type { AnyMessage, AnyQueue, AnyTopic, Keying } from '@waybill/schema'
import { BATCH_BYTES, type Call, type Connection, type EntryResult, type SendEntry, TOPIC_BYTES } from '@waybill/sqs'
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

type Send = (entries: readonly SendEntry[], call: Call) => Promise<readonly EntryResult[]>

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
          () => connection.queue(declared),
          (queue, entries, call) => connection.sqs.send(queue, entries, call),
        ),
      }
    : {
        ...common,
        maxBatchBytes: maximumMessageSize,
        send: sending(
          () => connection.topic(declared),
          (topic, entries, call) => connection.sns.publish(topic, entries, call),
        ),
      }
}

function sending<Ref>(
  find: () => Promise<Ref>,
  send: (found: Ref, ...rest: Parameters<Send>) => ReturnType<Send>,
): Send {
  return async (entries, call) => {
    let found: Ref
    try {
      found = await find()
    } catch (error) {
      // Nothing was sent, even when it is the look-up's answer that was lost.
      const refusal = { ...refusalOf(error), unknown: false }
      return entries.map(() => refusal)
    }
    return inHalves(entries, (part) => send(found, part, call))
  }
}
