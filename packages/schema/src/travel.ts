import type { $ZodType } from 'zod/v4/core'
import type { ContractIssue } from './contract-error.ts'
import { ANYWHERE, type Definition, definitionOf, isText, ON_THE_WIRE } from './schema-kinds.ts'
import { type Part, partsOf } from './schema-parts.ts'

interface Visit extends Part {
  readonly parent: Visit | undefined
}

/** A lazy getter may make a new schema each time it is called, without end. */
const MAX_VISITS = 5_000

/**
 * What keeps a schema's payloads from being written as JSON and read again: all of it, the outermost first, and nothing
 * when they can travel.
 */
export function jsonObstacles(schema: $ZodType): ContractIssue[] {
  return obstacles({ schema, path: 'payload', side: 'wire', slot: 'root' }, fromJson)
}

/** The same for the values of an attribute, which are written as text or left out. */
export function textObstacles(schema: $ZodType, path: string): ContractIssue[] {
  return obstacles({ schema, path, side: 'wire', slot: 'property' }, fromText)
}

function obstacles(root: Part, obstacle: (part: Part, definition: Definition) => string | undefined): ContractIssue[] {
  const found: ContractIssue[] = []
  const visits: Visit[] = [{ ...root, parent: undefined }]
  for (const visit of visits) {
    const definition = definitionOf(visit.schema)
    const message = definition ? obstacle(visit, definition) : UNKNOWN[visit.side]
    if (message !== undefined) found.push({ path: visit.path, message })
    if (!definition || visits.length > MAX_VISITS) continue
    for (const part of partsOf(visit, definition)) if (!isInside(part, visit)) visits.push({ ...part, parent: visit })
  }
  return found
}

/** Whether the part was met on the way down to itself: a schema that refers to itself. */
function isInside(part: Part, visit: Visit): boolean {
  for (let above: Visit | undefined = visit; above; above = above.parent)
    if (above.schema === part.schema && above.side === part.side && above.slot === part.slot) return true
  return false
}

/** What keeps this part, by itself, from JSON. */
function fromJson({ side, slot }: Part, definition: Definition): string | undefined {
  const { type } = definition
  const anywhere = ANYWHERE[type]
  if (anywhere !== undefined || side === 'app') return anywhere
  if (type === 'optional') return ABSENT[slot]
  if (type === 'literal' && !definition.values.every(hasJson)) return LITERAL
  return ON_THE_WIRE[type]
}

function hasJson(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

/** What keeps this part, by itself, from text. */
function fromText({ side }: Part, definition: Definition): string | undefined {
  return ANYWHERE[definition.type] ?? (side === 'app' || isText(definition) ? undefined : NO_TEXT)
}

const NO_TEXT =
  'an attribute is a string, or absent; use z.string(), z.optional(), or z.codec() with a string on the wire'

const LITERAL = 'only a string, number, boolean or null literal has a JSON form; use one of those, or z.optional()'

const ABSENT = {
  root: 'an absent payload has no JSON form; use z.nullable()',
  property: undefined,
  element: 'an absent element becomes null in JSON; use z.nullable()',
}

/** A kind that a later zod adds: an error at definition is cheaper than a payload that arrives changed. */
const UNKNOWN = {
  wire: 'a schema of a kind that is not known here; use z.codec() with a JSON type on the wire',
  app: undefined,
}
