import type { ApiAttribute } from './aws-api.ts'
import { mapValues } from './map-values.ts'
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
  return mapValues(attributes ?? {}, ({ DataType, StringValue, BinaryValue }): Attribute => ({
    type: DataType ?? 'String',
    value: StringValue ?? bytesOf(BinaryValue ?? ''),
  }))
}

/** A copy of its own: a buffer shares its memory with others. */
function bytesOf(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value
}
