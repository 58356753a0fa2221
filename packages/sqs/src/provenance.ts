import { attributeBytes, messageBytes } from './attributes.ts'
import { fieldsOf, parsedJson } from './fields-of.ts'
import { ATTRIBUTES, MESSAGE_BYTES } from './limits.ts'
import type { Attributes } from './ports.ts'

/** The attribute that a dead-letter copy bears. */
const PROVENANCE = 'waybill-dead-letter'

/** Where a dead-letter copy comes from, and why. */
export interface Provenance {
  /** The physical name of the queue that it failed in. */
  readonly queue: string
  /** SQS's id of the original. */
  readonly messageId: string
  readonly group?: string | undefined
  /** How often SQS had delivered it. */
  readonly receives: number
  /** How often its handler was tried. */
  readonly attempts: number
  readonly reason: string
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string | undefined } | undefined
  /** When it was first sent, and when it was moved: ISO 8601. */
  readonly sentAt: string
  readonly at: string
  /** Which process moved it. */
  readonly worker: string
}

/**
 * The value of the attribute, cut to at most `room` UTF-8 bytes: first the stack, then the error's message, then the
 * reason. Undefined when not even the rest has room.
 */
export function packProvenance(provenance: Provenance, room: number): string | undefined {
  const { error, ...rest } = provenance
  const texts = { reason: provenance.reason, message: error?.message ?? '', stack: error?.stack ?? '' }
  const write = () => {
    const { reason, message, stack } = texts
    return legalJson({ ...rest, reason, error: error && { name: error.name, message, stack: stack || undefined } })
  }
  for (const name of ['stack', 'message', 'reason'] as const) {
    const over = Buffer.byteLength(write()) - room
    // a character is at least one byte of JSON; the mark that something is missing takes three
    if (over > 0) texts[name] = cut(texts[name], texts[name].length - over - 3)
  }
  const written = write()
  return Buffer.byteLength(written) <= room ? written : undefined
}

/** Reads the attribute of a dead-letter copy; undefined when the message bears none that can be read. */
export function readProvenance(attributes: Attributes): Provenance | undefined {
  const value = attributes[PROVENANCE]?.value
  const provenance = typeof value === 'string' ? parsedJson(value) : undefined
  return isProvenance(provenance) ? provenance : undefined
}

/**
 * The attributes of a dead-letter copy. Where ten attributes or `limit` bytes leave no room, the trace context goes first,
 * then the provenance: a move never fails for lack of room.
 */
export function withProvenance(
  body: string,
  attributes: Attributes,
  provenance: Provenance,
  limit = MESSAGE_BYTES,
): Attributes {
  const { [PROVENANCE]: _earlier, ...original } = attributes
  const { traceparent: _traceparent, tracestate: _tracestate, ...untraced } = original
  for (const kept of [original, untraced]) {
    if (Object.keys(kept).length >= ATTRIBUTES) continue
    const room = limit - messageBytes(body, kept) - attributeBytes(PROVENANCE, { type: 'String', value: '' })
    const value = packProvenance(provenance, room)
    if (value !== undefined) return { ...kept, [PROVENANCE]: { type: 'String', value } }
  }
  return original
}

function cut(text: string, length: number): string {
  return length > 0 ? `${text.slice(0, length).toWellFormed()}…` : ''
}

// two characters that JSON allows and SQS does not
function legalJson(value: object): string {
  return JSON.stringify(value).replaceAll('\uFFFE', '\\uFFFE').replaceAll('\uFFFF', '\\uFFFF')
}

const REQUIRED = {
  queue: 'string',
  messageId: 'string',
  receives: 'number',
  attempts: 'number',
  reason: 'string',
  sentAt: 'string',
  at: 'string',
  worker: 'string',
} as const

function isProvenance(value: unknown): value is Provenance {
  const fields = fieldsOf(value)
  return Object.entries(REQUIRED).every(([name, type]) => typeof fields[name] === type)
}
