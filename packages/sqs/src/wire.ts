import { isReserved } from '@waybill/schema'
import { readEnvelope } from './envelope.ts'
import { put } from './map-values.ts'
import type { Attribute, Attributes, ReceivedMessage } from './ports.ts'
import { type Trace, traceOf } from './trace.ts'

/** What goes with a payload, as users say it. */
export interface Outgoing {
  readonly type: string
  readonly version: number
  readonly id: string
  readonly trace: Trace
  /** The user's own, checked by `checkOwnAttributes`. */
  readonly attributes: Readonly<Record<string, string>>
}

/** What a queue takes besides Waybill's own messages. */
export interface Accept {
  /** ARNs of the topics that the queue subscribes to: notifications from them are unwrapped. */
  readonly topics: ReadonlySet<string>
  /** What a message without a type is. */
  readonly untyped: { readonly as: string; readonly version: number } | undefined
}

/** A received message, taken out of its envelope and not decoded yet. */
export interface WireMessage {
  /** Undefined when the message says none and the queue has no `untyped`. */
  readonly type: string | undefined
  /** Undefined when there is no type, or no version that is a whole number from 1. */
  readonly version: number | undefined
  /** Its `waybill-id`; else the SNS message id; else the SQS one. */
  readonly id: string
  readonly body: string
  /** The sender's own, without Waybill's and the trace context. Binary values are base64. */
  readonly attributes: Readonly<Record<string, string>>
  readonly trace: Trace
}

/** The message attributes of a message. */
export function pack({ type, version, id, trace, attributes }: Outgoing): Attributes {
  const packed: Record<string, Attribute> = {
    'waybill-type': { type: 'String', value: type },
    'waybill-id': { type: 'String', value: id },
    'waybill-version': { type: 'Number', value: String(version) },
  }
  const texts: Readonly<Record<string, string>> = { ...trace, ...attributes }
  for (const [name, value] of Object.entries(texts)) put(packed, name, { type: 'String', value })
  return packed
}

/** Reads a message as it was received: sent straight to the queue, or by SNS with and without raw delivery. */
export function unpack(received: ReceivedMessage, { topics, untyped }: Accept): WireMessage {
  // raw or direct messages bear the type themselves: their bodies are payloads, whatever they look like
  const envelope = 'waybill-type' in received.attributes ? undefined : readEnvelope(received.body, topics)
  const attributes = envelope?.attributes ?? received.attributes
  const get = (name: string) => attributes[name] && textOf(attributes[name])
  const type = get('waybill-type')
  const own: Record<string, string> = {}
  for (const [name, attribute] of Object.entries(attributes)) if (!isReserved(name)) put(own, name, textOf(attribute))
  return {
    type: type ?? untyped?.as,
    version: type === undefined ? untyped?.version : versionOf(get('waybill-version')),
    id: get('waybill-id') ?? envelope?.messageId ?? received.messageId,
    body: envelope?.body ?? received.body,
    attributes: own,
    trace: traceOf(get),
  }
}

function textOf({ value }: Attribute): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('base64')
}

function versionOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}
