import type { Message, MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import { mapValues } from '../map-values.ts'

/** In JSON what is binary is base64. */
type JsonAttribute = Omit<MessageAttributeValue, 'BinaryValue'> & { readonly BinaryValue?: string }

export interface JsonMessage extends Omit<Message, 'MessageAttributes'> {
  readonly MessageAttributes?: Readonly<Record<string, JsonAttribute>>
}

export function toJsonEntry(entry: SendMessageBatchRequestEntry): object {
  const { MessageAttributes = {} } = entry
  if (Object.values(MessageAttributes).every(({ BinaryValue }) => BinaryValue === undefined)) return entry
  const encoded = mapValues(MessageAttributes, ({ BinaryValue, ...rest }) => ({
    ...rest,
    BinaryValue: BinaryValue && Buffer.from(BinaryValue).toString('base64'),
  }))
  return { ...entry, MessageAttributes: encoded }
}

export function fromJsonMessage(message: JsonMessage): Message {
  const { MessageAttributes, ...rest } = message
  if (MessageAttributes === undefined) return rest
  const decoded = mapValues(MessageAttributes, ({ BinaryValue, ...more }) =>
    BinaryValue === undefined ? more : { ...more, BinaryValue: Buffer.from(BinaryValue, 'base64') },
  )
  return { ...rest, MessageAttributes: decoded }
}
