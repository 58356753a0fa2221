import {
  type AnyAttributes,
  type AnyMessage,
  type AnyQueue,
  ContractError,
  decode,
  decodeAttributes,
} from '@waybill/schema'
import { type ReceivedMessage, unpack, type WireMessage } from '@waybill/sqs'

/** A message that a handler can get. */
export interface Decoded {
  readonly kind: 'decoded'
  readonly id: string
  readonly wire: WireMessage
  readonly type: string
  readonly version: number
  readonly payload: unknown
  readonly attributes: AnyAttributes
}
/** `invalid`: nobody can handle it. `not-yet`: a newer deployment can; this one knows too little. */
export interface Undecoded {
  readonly kind: 'invalid' | 'not-yet'
  readonly id: string
  readonly type: string | undefined
  readonly version: number | undefined
  readonly error: Error
}

/** Reads received messages under a queue's contracts. `topics` holds the ARNs whose envelopes are opened. */
export function createDecoder(
  queue: AnyQueue,
  topics: ReadonlySet<string>,
): (received: ReceivedMessage) => Decoded | Undecoded {
  const { takes, untyped } = queue['~definition']
  return (received) => {
    let wire: WireMessage | undefined
    try {
      wire = unpack(received, { topics, untyped })
      return { kind: 'decoded', id: wire.id, wire, ...decoded(queue.name, takes, wire) }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      const kind = error instanceof ContractError && NOT_YET.has(error.code) ? 'not-yet' : 'invalid'
      return { kind, id: wire?.id ?? received.messageId, type: wire?.type, version: wire?.version, error }
    }
  }
}

const NOT_YET: ReadonlySet<string> = new Set(['unknown-type', 'unknown-version'])

function decoded(
  queue: string,
  takes: ReadonlyMap<string, AnyMessage>,
  { type, version, body, attributes }: WireMessage,
) {
  if (type === undefined) {
    throw new ContractError(
      'no-type',
      `A message on queue '${queue}' has no waybill-type attribute. If others send plain JSON there, declare untyped: { as: … }.`,
      {},
    )
  }
  const message = takes.get(type)
  if (!message) {
    throw new ContractError(
      'unknown-type',
      `Queue '${queue}' got a message of type '${type}', which it does not take.`,
      { type },
    )
  }
  if (version === undefined) {
    throw new ContractError(
      'no-version',
      `A message of type '${type}' on queue '${queue}' has no waybill-version that is a whole number from 1: whoever sends it must say which.`,
      { type },
    )
  }
  return {
    type,
    version,
    payload: decode(message, body, version),
    attributes: decodeAttributes(message, attributes),
  }
}
