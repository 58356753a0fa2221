import { checkKeys } from '@waybill/core'
import { safeDecode, safeEncode } from 'zod/v4/core'
import type { AnyAttributes, FreeAttributes } from './declared-attributes.ts'
import type { AnyMessage, AttributesOf } from './message.ts'
import { type Subject, validate } from './validate.ts'

/**
 * The attributes of a message's own as they travel: checked and encoded by the contract that declares them. Free ones are
 * returned as they are. What SQS takes for an attribute is not looked at.
 *
 * @throws {ContractError} `invalid-attributes` with every path that is wrong; `cannot-travel` when the contract turns
 * out to be asynchronous.
 * @throws {OptionsError} for an attribute that the contract does not declare.
 * @example
 * encodeAttributes(OrderPaid, { tenant: 'acme', priority: 3 }) // { tenant: 'acme', priority: '3' }
 */
export function encodeAttributes(message: AnyMessage, attributes: AnyAttributes): AnyAttributes {
  const declared = message['~attributes']
  if (!declared) return attributes
  checkKeys(attributes, declared.names, message.type, 'attribute')
  const encoded = validate(safeEncode, declared.schema, attributes, subjectOf(message, 'an attribute to send'))
  return Object.fromEntries(Object.entries(encoded).filter(([, text]) => text !== undefined))
}

/**
 * The attributes of a message's own, of those that were received: checked and decoded by the contract that declares them,
 * without any others. Free ones are returned as they are.
 *
 * @throws {ContractError} as {@link encodeAttributes}.
 */
export function decodeAttributes<M extends AnyMessage>(message: M, received: FreeAttributes): AttributesOf<M>
export function decodeAttributes(message: AnyMessage, received: FreeAttributes): unknown {
  const declared = message['~attributes']
  if (!declared) return received
  const known = Object.entries(received).filter(([name]) => declared.names.includes(name))
  return validate(safeDecode, declared.schema, Object.fromEntries(known), subjectOf(message, 'an attribute'))
}

function subjectOf({ type }: AnyMessage, what: string): Subject {
  return { code: 'invalid-attributes', what, root: 'attributes', type, version: undefined }
}
