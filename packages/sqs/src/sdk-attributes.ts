import type { ApiAttribute } from './aws-api.ts'
import { mapValues, put } from './map-values.ts'
import type { Attribute, Attributes } from './ports.ts'

/** A message attribute as the AWS SDK takes it, for SQS and SNS alike. */
interface SdkAttribute {
  readonly DataType: string | undefined
  readonly StringValue?: string | undefined
  readonly BinaryValue?: Uint8Array | undefined
}

export function toSdkAttributes(attributes: Attributes): Record<string, SdkAttribute> {
  return mapValues(attributes, ({ type, value }) =>
    typeof value === 'string' ? { DataType: type, StringValue: value } : { DataType: type, BinaryValue: value },
  )
}

export function fromSdkAttributes(attributes: Readonly<Record<string, ApiAttribute>> | undefined): Attributes {
  const received: Record<string, Attribute> = {}
  // not by defaults: emulators say null, of single attributes too
  for (const [name, attribute] of Object.entries(attributes ?? {}))
    if (attribute) put(received, name, attributeOf(attribute))
  return received
}

function attributeOf({ DataType, StringValue, BinaryValue }: ApiAttribute): Attribute {
  return { type: DataType ?? 'String', value: StringValue ?? bytesOf(BinaryValue ?? '') }
}

/** A copy of its own: a buffer shares its memory with others. */
function bytesOf(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value
}
