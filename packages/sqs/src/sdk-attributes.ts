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
  return mapValues(attributes ?? {}, ({ DataType = 'String', StringValue, BinaryValue = '' }): Attribute => ({
    type: DataType,
    value: StringValue ?? (typeof BinaryValue === 'string' ? Buffer.from(BinaryValue, 'base64') : BinaryValue),
  }))
}
