import type { MessageAttributeValue } from '@waybill/sqs'
import type { Scalar } from '../json.ts'
import { attributeFields, bodyFields } from './message-fields.ts'

export type FilterScope = 'MessageAttributes' | 'MessageBody'

/** Whether a key's values in a message will do. A key that the message lacks has none. */
export type Rule = (values: readonly Scalar[]) => boolean

interface Condition {
  /** One of them has to hold. */
  readonly rules: readonly Rule[]
  /** How deep in the policy its key is: 1 at the top. */
  readonly depth: number
}

/** Conditions that all have to hold, by their dotted keys. */
export type Alternative = ReadonlyMap<string, Condition>

/** A filter policy as `readFilterPolicy` makes it: one alternative has to hold, and each `$or` multiplies them. */
export type FilterPolicy = readonly Alternative[]

interface Filtered {
  readonly body: string
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>
}

/** Whether SNS delivers the message to a subscription with this policy. */
export function filterMatches(policy: FilterPolicy, scope: FilterScope, { body, attributes }: Filtered): boolean {
  const fields = scope === 'MessageBody' ? bodyFields(body) : attributeFields(attributes)
  // `exists: false` too wants some field to be there
  if (fields.size === 0) return false
  return policy.some((alternative) =>
    [...alternative].every(([key, { rules }]) => {
      const values = fields.get(key) ?? []
      return rules.some((rule) => rule(values))
    }),
  )
}
