import type { $ZodType, output } from 'zod/v4/core'
import { ContractError } from './contract-error.ts'
import { checkType } from './names.ts'
import { obstacles } from './travel.ts'

/** One version of a contract; the first of a message's `~versions` is version 1. */
export interface Version {
  readonly schema: $ZodType
  /** Makes this version's payload of the previous one's; undefined in version 1. */
  readonly upcast: ((previous: unknown) => unknown) | undefined
}

/** A contract: a type, and its payload in its newest version. Made by {@link defineMessage}, never changed. */
export interface Message<Type extends string, Payload> {
  readonly type: Type
  /** The newest version: 1, and one more for each `evolve`. */
  readonly version: number
  /**
   * The next version, for a change that older readers would misread; a new optional or defaulted property needs none.
   * Bodies in older versions stay readable: each is checked in its own version, then up-cast step by step.
   *
   * @param upcast makes the new payload of the previous version's; synchronous.
   * @returns a new message; this one stays as it is.
   * @throws {ContractError} `cannot-travel` as for {@link defineMessage}.
   */
  evolve<S extends $ZodType>(schema: S, upcast: (previous: Payload) => NoInfer<output<S>>): Message<Type, output<S>>
  readonly '~versions': readonly Version[]
  readonly '~payload'?: Payload
}

/** Any message, its types forgotten. */
export type AnyMessage = Message<string, unknown>

/** The payload of a message, as handlers get it and senders give it. */
export type PayloadOf<M> = M extends Message<string, infer Payload> ? Payload : never

/** Type and payload of a message, discriminated by `type`. */
export type Entry<M extends AnyMessage> =
  M extends Message<infer Type, infer Payload> ? { readonly type: Type; readonly payload: Payload } : never

/** The messages in a union that have the type `T`. */
export type Picked<M extends AnyMessage, T> = Extract<M, { readonly type: T }>

/**
 * Declares a message: version 1 of its contract.
 *
 * @param type its name on the wire: 1 to 100 letters, digits, `.`, `_`, `-` or `/`.
 * @param schema a schema of zod 4 or zod/mini whose payloads can be written as JSON and read again, synchronously. Use
 * {@link isoDate} for dates and `z.codec()` for whatever else has no JSON form.
 * @throws {ContractError} `definition` for a bad type; `cannot-travel` for a schema with a one-way part or one without
 * a JSON form, with the path and the fix of each.
 * @example
 * const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
 *   z.object({ orderId: z.string(), amount: Money }),
 *   (v1) => ({ orderId: v1.orderId, amount: { cents: v1.cents, currency: 'EUR' } }),
 * )
 */
export function defineMessage<const Type extends string, S extends $ZodType>(
  type: Type,
  schema: S,
): Message<Type, output<S>> {
  checkType(type)
  checkSchema(type, 1, schema)
  return messageOf(type, [{ schema, upcast: undefined }])
}

/** The second signature forgets the types: what a version's up-caster gets is what the version before it made. */
function messageOf<Type extends string, Payload>(type: Type, versions: readonly Version[]): Message<Type, Payload>
function messageOf(type: string, versions: readonly Version[]): AnyMessage {
  const message: AnyMessage = {
    type,
    version: versions.length,
    '~versions': Object.freeze(versions),
    evolve<S extends $ZodType>(schema: S, upcast: (previous: unknown) => output<S>): Message<string, output<S>> {
      const version = versions.length + 1
      checkSchema(type, version, schema)
      if (typeof upcast !== 'function')
        throw new ContractError(
          'definition',
          `message '${type}' version ${version} needs an up-caster: evolve(schema, (previous) => …).`,
        )
      return messageOf(type, [...versions, { schema, upcast }])
    },
  }
  return Object.freeze(message)
}

function checkSchema(type: string, version: number, schema: unknown): void {
  if (!isSchema(schema))
    throw new ContractError('definition', `message '${type}' version ${version} needs a schema of zod 4 or zod/mini.`)
  const issues = obstacles(schema)
  if (issues.length > 0)
    throw new ContractError('cannot-travel', `message '${type}' version ${version} can't travel as JSON:`, {
      type,
      version,
      issues,
    })
}

function isSchema(schema: unknown): schema is $ZodType {
  return typeof schema === 'object' && schema !== null && '_zod' in schema
}
