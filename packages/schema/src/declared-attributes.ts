import { $ZodObject } from 'zod/v4/core'
import { attributeNameProblem, OWN_ATTRIBUTES } from './attribute-names.ts'
import { ContractError, pathOf } from './contract-error.ts'
import { describeValue } from './describe-value.ts'
import { textObstacles } from './travel.ts'

/** Attributes of a message whose contract declares none: any names, and strings. */
export interface FreeAttributes {
  readonly [name: string]: string
}

/** Any message's attributes, their types forgotten. */
export interface AnyAttributes {
  readonly [name: string]: unknown
}

/** Attributes on the wire, as the type of a schema's input. */
export interface AttributeTexts {
  readonly [name: string]: string | undefined
}

/** What a contract says of a message's own attributes. */
export interface DeclaredAttributes {
  readonly schema: $ZodObject
  readonly names: readonly string[]
}

/** Checks the `attributes` option of `defineMessage`. */
export function declaredAttributes(type: string, schema: unknown): DeclaredAttributes {
  const refuse = (why: string) => new ContractError('definition', `message '${type}': ${why}`, { type })
  if (!(schema instanceof $ZodObject))
    throw refuse(
      `attributes: ${describeValue(schema)} is not an object schema of zod 4 or zod/mini. Write z.object({ tenant: z.string() }).`,
    )
  const { shape, catchall } = schema._zod.def
  if (catchall && catchall._zod.def.type !== 'never')
    throw refuse('attributes takes names that it does not list. Write z.object() without a catchall.')
  const names = Object.keys(shape)
  if (names.length === 0 || names.length > OWN_ATTRIBUTES)
    throw refuse(
      `${names.length} attributes are declared. Declare 1 to ${OWN_ATTRIBUTES}: SQS allows ten, and Waybill needs the rest.`,
    )
  for (const name of names) {
    const problem = attributeNameProblem(name)
    if (problem) throw refuse(`${pathOf([name], 'attributes')} ${problem}`)
  }
  const issues = Object.entries(shape).flatMap(([name, value]) =>
    textObstacles(value, pathOf([name], 'attributes')).slice(0, 1),
  )
  if (issues.length > 0)
    throw new ContractError('cannot-travel', `message '${type}': its attributes can't travel as strings:`, {
      type,
      issues,
    })
  return Object.freeze({ schema, names })
}
