import type { $ZodType, $ZodTypeDef, $ZodTypes } from 'zod/v4/core'

/** zod's definition of a schema, as a union that `type` discriminates. */
export type Definition = $ZodTypes['_zod']['def']
type Kind = Definition['type']

/** The schema's definition, or undefined for a kind that a later zod has added. */
export function definitionOf({ _zod: { def } }: $ZodType): Definition | undefined {
  return isKnown(def) ? def : undefined
}

function isKnown(def: $ZodTypeDef): def is Definition {
  return Object.hasOwn(ON_THE_WIRE, def.type)
}

/** Why a kind can't be encoded, or not synchronously, wherever it is. */
export const ANYWHERE: { readonly [K in Kind]?: string } = {
  transform: "a one-way transform can't be encoded; use z.codec()",
  success: "a success check can't be encoded; use z.boolean()",
  promise: "a promise can't be awaited here, contracts are synchronous; use what it resolves to",
}

const UNDEFINED = 'undefined has no JSON form; use z.optional() for a property, or z.null()'

/**
 * Why a kind has no JSON form, or undefined. What a schema holds is looked at by itself, as are literals and absence.
 */
export const ON_THE_WIRE: { readonly [K in Kind]: string | undefined } = {
  string: undefined,
  number: undefined,
  boolean: undefined,
  null: undefined,
  literal: undefined,
  enum: undefined,
  template_literal: undefined,
  object: undefined,
  record: undefined,
  array: undefined,
  tuple: undefined,
  union: undefined,
  intersection: undefined,
  optional: undefined,
  nonoptional: undefined,
  nullable: undefined,
  default: undefined,
  prefault: undefined,
  catch: undefined,
  readonly: undefined,
  pipe: undefined,
  lazy: undefined,
  // The user's word is taken for these two, and nothing can be changed in the third: no value passes it.
  any: undefined,
  unknown: undefined,
  never: undefined,
  date: 'a Date has no JSON form of its own; use isoDate',
  bigint: 'a bigint has no JSON form; use z.codec() with a string on the wire',
  map: 'a Map has no JSON form; use z.record(), or z.codec() with an array of pairs on the wire',
  set: 'a Set has no JSON form; use z.array(), or z.codec() with an array on the wire',
  symbol: 'a symbol has no JSON form; use z.string()',
  undefined: UNDEFINED,
  void: UNDEFINED,
  nan: 'NaN has no JSON form; use z.null()',
  function: 'a function has no JSON form; leave it out',
  file: 'a File has no JSON form; use z.base64(), or send where it is stored',
  custom: 'a custom check or a class has no JSON form that is known; use z.codec(), or refine a JSON type',
  transform: undefined,
  success: undefined,
  promise: undefined,
}

const TEXTS: ReadonlySet<Kind> = new Set<Kind>([
  'string',
  'template_literal',
  'union',
  'intersection',
  'optional',
  'nonoptional',
  'default',
  'prefault',
  'catch',
  'readonly',
  'pipe',
  'lazy',
])

/** Whether a kind is text on the wire, or what it holds is, which is looked at by itself. */
export function isText(definition: Definition): boolean {
  if (definition.type === 'literal') return definition.values.every((value) => typeof value === 'string')
  if (definition.type === 'enum') return Object.values(definition.entries).every((value) => typeof value === 'string')
  return TEXTS.has(definition.type)
}
