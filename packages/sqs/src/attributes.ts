import { isDictionary, OptionsError, quote } from '@waybill/core'
import { type AnyAttributes, attributeNameProblem, type FreeAttributes, OWN_ATTRIBUTES } from '@waybill/schema'
import { LEGAL_TEXT } from './limits.ts'
import type { Attribute, Attributes } from './ports.ts'

/** What SQS counts against its limits: the body, and each attribute's name, type and value, in UTF-8 bytes. */
export function messageBytes(body: string, attributes: Attributes): number {
  let bytes = Buffer.byteLength(body)
  for (const name of Object.keys(attributes)) {
    const attribute = attributes[name]
    if (attribute) bytes += attributeBytes(name, attribute)
  }
  return bytes
}

export function attributeBytes(name: string, { type, value }: Attribute): number {
  return Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value)
}

/** Checks a user's own attributes before they are sent. Throws an {@link OptionsError} that names the attribute. */
export function checkOwnAttributes(attributes: AnyAttributes): asserts attributes is FreeAttributes {
  if (!isDictionary(attributes))
    throw new OptionsError(`attributes: ${quote(attributes)} is not an object of attributes. Write { tenant: 'acme' }.`)
  const entries = Object.entries(attributes)
  if (entries.length > OWN_ATTRIBUTES) {
    throw new OptionsError(
      `attributes: ${entries.length} are too many, at most ${OWN_ATTRIBUTES} can be a message's own: SQS allows ten, and Waybill needs the rest. Put what is more into the payload.`,
    )
  }
  for (const [name, value] of entries) {
    const problem = attributeNameProblem(name) ?? valueProblem(value)
    if (problem) throw new OptionsError(`attributes: ${quote(name)} ${problem}`)
  }
}

function valueProblem(value: unknown): string | undefined {
  if (value === undefined) return 'is undefined. Write a string, or leave it out.'
  if (typeof value !== 'string') return `is ${quote(value)}. Write a string.`
  if (value === '') return 'is empty, which SQS refuses. Leave it out instead.'
  return LEGAL_TEXT.test(value)
    ? undefined
    : 'has control characters or half a surrogate pair, which SQS refuses. Encode it.'
}
