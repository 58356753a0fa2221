import type { $ZodType, output } from 'zod/v4/core'
import { checkOptions } from './check-options.ts'
import { ContractError } from './contract-error.ts'
import {
  type AnyAttributes,
  type AttributeTexts,
  type DeclaredAttributes,
  declaredAttributes,
  type FreeAttributes,
} from './declared-attributes.ts'
import { describeValue } from './describe-value.ts'
import { checkType } from './names.ts'
import { jsonObstacles } from './travel.ts'

/** One version of a contract; the first of a message's `~versions` is version 1. */
export interface Version {
  readonly schema: $ZodType
  /** Makes this version's payload of the previous one's; undefined in version 1. */
  readonly upcast: ((previous: unknown) => unknown) | undefined
}

/**
 * A contract: a type, its payload in its newest version, and the attributes of its own. Made by {@link defineMessage}, never
 * changed.
 */
export interface Message<Type extends string, Payload, Own extends AnyAttributes = FreeAttributes> {
  readonly type: Type
  /** The newest version: 1, and one more for each `evolve`. */
  readonly version: number
  /**
   * The next version, for a change that older readers would misread; a new optional or defaulted property needs none.
   * Bodies in older versions stay readable: each is checked in its own version, then up-cast step by step.
   *
   * The attributes stay as they were declared: they are those of all versions.
   *
   * @param upcast makes the new payload of the previous version's; synchronous.
   * @returns a new message; this one stays as it is.
   * @throws {ContractError} `cannot-travel` as for {@link defineMessage}.
   */
  evolve<S extends $ZodType>(
    schema: S,
    upcast: (previous: Payload) => NoInfer<output<S>>,
  ): Message<Type, output<S>, Own>
  readonly '~versions': readonly Version[]
  /** Undefined: none are declared. */
  readonly '~attributes': DeclaredAttributes | undefined
  readonly '~payload'?: Payload
  readonly '~own'?: Own
}

/** Any message, its types forgotten. */
export type AnyMessage = Message<string, unknown, AnyAttributes>

/** The payload of a message, as handlers get it and senders give it. */
export type PayloadOf<M> = M extends Message<string, infer Payload, AnyAttributes> ? Payload : never

/** A message's own attributes, as handlers get them and senders give them. */
export type AttributesOf<M> = M extends Message<string, unknown, infer Own> ? Own : never

/** Type and payload of a message, discriminated by `type`. */
export type Entry<M extends AnyMessage> =
  M extends Message<infer Type, infer Payload, AnyAttributes>
    ? { readonly type: Type; readonly payload: Payload }
    : never

/** The messages in a union that have the type `T`. */
export type Picked<M extends AnyMessage, T> = Extract<M, { readonly type: T }>

/**
 * Declares a message: version 1 of its contract.
 *
 * @param type its name on the wire: 1 to 100 letters, digits, `.`, `_`, `-` or `/`.
 * @param schema a schema of zod 4 or zod/mini whose payloads can be written as JSON and read again, synchronously. Use
 * {@link isoDate} for dates and `z.codec()` for whatever else has no JSON form.
 * @param options `attributes`: an object schema of 1 to 4 attributes of its own (SQS allows ten, Waybill keeps six), each a
 * string on the wire; use `z.codec()` for what is another type in the application. `send` then takes these and no others. Make
 * what is added later optional or defaulted: messages under way lack it. Default: any four, as strings.
 * @throws {ContractError} `definition` for a bad type, or attributes that SQS would refuse; `cannot-travel` for a schema with
 * a one-way part or one without a JSON form, or an attribute that is no string on the wire, with the path and the fix of each.
 * @throws {OptionsError} for an unknown option.
 * @example
 * const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
 *   z.object({ orderId: z.string(), amount: Money }),
 *   (v1) => ({ orderId: v1.orderId, amount: { cents: v1.cents, currency: 'EUR' } }),
 * )
 * @example
 * defineMessage('order.paid', schema, { attributes: z.object({ tenant: z.string(), region: z.enum(['eu', 'us']).optional() }) })
 */
export function defineMessage<
  const Type extends string,
  S extends $ZodType,
  A extends $ZodType<AnyAttributes, AttributeTexts> | undefined = undefined,
>(type: Type, schema: S, options: { readonly attributes?: A } = {}): Message<Type, output<S>, OwnOf<A>> {
  checkType(type)
  checkSchema(type, 1, schema)
  checkOptions(options, ['attributes'], 'defineMessage')
  const { attributes } = options
  const declared = attributes === undefined ? undefined : declaredAttributes(type, attributes)
  return messageOf(type, [{ schema, upcast: undefined }], declared)
}

type OwnOf<A> = A extends $ZodType<AnyAttributes> ? output<A> : FreeAttributes

/** The second signature forgets the types: what a version's up-caster gets is what the version before it made. */
function messageOf<Type extends string, Payload, Own extends AnyAttributes>(
  type: Type,
  versions: readonly Version[],
  attributes: DeclaredAttributes | undefined,
): Message<Type, Payload, Own>
function messageOf(type: string, versions: readonly Version[], attributes: DeclaredAttributes | undefined): AnyMessage {
  const message: AnyMessage = {
    type,
    version: versions.length,
    '~versions': Object.freeze(versions),
    '~attributes': attributes,
    evolve<S extends $ZodType>(
      schema: S,
      upcast: (previous: unknown) => output<S>,
    ): Message<string, output<S>, AnyAttributes> {
      const version = versions.length + 1
      checkSchema(type, version, schema)
      if (typeof upcast !== 'function')
        throw new ContractError(
          'definition',
          `message '${type}' version ${version} needs an up-caster: evolve(schema, (previous) => …).`,
        )
      return messageOf(type, [...versions, { schema, upcast }], attributes)
    },
  }
  return Object.freeze(message)
}

function checkSchema(type: string, version: number, schema: unknown): void {
  if (!isSchema(schema))
    throw new ContractError(
      'definition',
      `message '${type}' version ${version}: ${describeValue(schema)} is no schema of zod 4 or zod/mini. Write z.object({ … }).`,
    )
  const issues = jsonObstacles(schema)
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
