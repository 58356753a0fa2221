import { OptionsError, quote } from '@waybill/core'
import { ATTRIBUTE_NAME_LENGTH, LEGAL_TEXT, OWN_ATTRIBUTES } from './limits.ts'
import type { Attribute, Attributes } from './ports.ts'

/** Whether an attribute's name is kept for Waybill. */
export function isReserved(name: string): boolean {
  return name.startsWith('waybill-') || name === 'traceparent' || name === 'tracestate'
}

/** What SQS counts against its limits: the body, and each attribute's name, type and value, in UTF-8 bytes. */
export function messageBytes(body: string, attributes: Attributes): number {
  const sizes = Object.entries(attributes).map(([name, attribute]) => attributeBytes(name, attribute))
  return sizes.reduce((sum, size) => sum + size, Buffer.byteLength(body))
}

export function attributeBytes(name: string, { type, value }: Attribute): number {
  return Buffer.byteLength(name) + Buffer.byteLength(type) + Buffer.byteLength(value)
}

/** Checks a user's own attributes before they are sent. Throws an {@link OptionsError} that names the attribute. */
export function checkOwnAttributes(attributes: Readonly<Record<string, string>>): void {
  const entries = Object.entries(attributes)
  if (entries.length > OWN_ATTRIBUTES) {
    throw new OptionsError(
      `attributes: ${entries.length} are too many, at most ${OWN_ATTRIBUTES} can be a message's own: SQS allows ten, and Waybill needs the rest. Put what is more into the payload.`,
    )
  }
  for (const [name, value] of entries) {
    const problem = nameProblem(name) ?? valueProblem(value)
    if (problem) throw new OptionsError(`attributes: ${quote(name)} ${problem}`)
  }
}

function nameProblem(name: string): string | undefined {
  if (isReserved(name))
    return "is a name that Waybill keeps for itself ('waybill-…', 'traceparent', 'tracestate'). Choose another."
  if (/^(aws|amazon)\./i.test(name))
    return "begins with 'AWS.' or 'Amazon.', which SQS keeps for itself. Choose another name."
  if (!/^[\w-]+(\.[\w-]+)*$/.test(name))
    return "is not a name that SQS allows. Use letters, digits, '_', '-' and single dots between them."
  return name.length > ATTRIBUTE_NAME_LENGTH
    ? `has a name of ${name.length} characters. SQS allows ${ATTRIBUTE_NAME_LENGTH}.`
    : undefined
}

function valueProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `is ${quote(value)}. Write a string.`
  if (value === '') return 'is empty, which SQS refuses. Leave it out instead.'
  return LEGAL_TEXT.test(value)
    ? undefined
    : 'has control characters or half a surrogate pair, which SQS refuses. Encode it.'
}
