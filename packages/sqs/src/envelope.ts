import { fieldsOf, parsedJson } from './fields-of.ts'
import { mapValues } from './map-values.ts'
import type { Attribute, Attributes } from './ports.ts'

/** What SNS delivers as a body when raw delivery is off, as far as it matters here. */
export interface Envelope {
  readonly messageId: string
  readonly body: string
  readonly attributes: Attributes
}

/**
 * Reads the envelope of a notification from one of these topics (their ARNs), of standard and FIFO topics alike. Undefined
 * for everything else: a user's body that merely looks like one is left alone.
 */
export function readEnvelope(body: string, topics: ReadonlySet<string>): Envelope | undefined {
  if (topics.size === 0) return undefined
  const { Type, TopicArn, MessageId, Message, MessageAttributes } = fieldsOf(parsedJson(body))
  const fits = Type === 'Notification' && typeof TopicArn === 'string' && topics.has(TopicArn)
  if (!fits || typeof MessageId !== 'string' || typeof Message !== 'string') return undefined
  return { messageId: MessageId, body: Message, attributes: mapValues(fieldsOf(MessageAttributes), toAttribute) }
}

function toAttribute(attribute: unknown): Attribute {
  const { Type, Value } = fieldsOf(attribute)
  const type = typeof Type === 'string' ? Type : 'String'
  const value = typeof Value === 'string' ? Value : ''
  // A Binary one is base64 here, which is how it is read anyway.
  return { type, value }
}
