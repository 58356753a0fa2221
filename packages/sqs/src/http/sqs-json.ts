import type { MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import { mapValues } from '../map-values.ts'

/** As it is, but that in JSON what is binary is base64. */
export function toJsonEntry(entry: SendMessageBatchRequestEntry): object {
  const { MessageAttributes = {} } = entry
  if (!hasBinary(MessageAttributes)) return entry
  return { ...entry, MessageAttributes: mapValues(MessageAttributes, toJsonAttribute) }
}

function toJsonAttribute({ BinaryValue, ...rest }: MessageAttributeValue): object {
  return BinaryValue === undefined ? rest : { ...rest, BinaryValue: Buffer.from(BinaryValue).toString('base64') }
}

function hasBinary(attributes: Readonly<Record<string, MessageAttributeValue>>): boolean {
  return Object.keys(attributes).some((name) => attributes[name]?.BinaryValue !== undefined)
}
