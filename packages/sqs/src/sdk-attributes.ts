import { mapValues } from './map-values.ts'
import type { Attribute, Attributes } from './ports.ts'

/** A message attribute as the AWS SDK has it, for SQS and SNS alike. */
interface SdkAttribute {
  readonly DataType: string | undefined
  readonly StringValue?: string | undefined
  readonly BinaryValue?: Uint8Array | undefined
}

type SdkAttributes = Record<string, SdkAttribute>

export function toSdkAttributes(attributes: Attributes): SdkAttributes {
  return mapValues(attributes, ({ type, value }) => ({
    DataType: type,
    ...(typeof value === 'string' ? { StringValue: value } : { BinaryValue: value }),
  }))
}

export function fromSdkAttributes(attributes: Readonly<SdkAttributes> | undefined): Attributes {
  return mapValues(attributes ?? {}, ({ DataType, StringValue, BinaryValue }): Attribute => ({
    type: DataType ?? 'String',
    value: StringValue ?? BinaryValue ?? '',
  }))
}
