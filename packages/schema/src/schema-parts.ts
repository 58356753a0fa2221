import type { $ZodType } from 'zod/v4/core'
import { pathOf } from './contract-error.ts'
import type { Definition } from './schema-kinds.ts'

/**
 * A schema at a place in a payload. `side`: what it describes is on the wire, or only in the application (the out side
 * of a pipe or codec). `slot`: what may be absent there; only a property may.
 */
export interface Part {
  readonly schema: $ZodType
  readonly path: string
  readonly side: 'wire' | 'app'
  readonly slot: 'root' | 'property' | 'element'
}

/** The schemas directly inside; `def` is the part's own. */
export function partsOf(part: Part, def: Definition): readonly Part[] {
  const inner = (schema: $ZodType): Part => ({ ...part, schema })
  const within = (schema: $ZodType, step: string, slot: Part['slot']): Part => ({
    ...part,
    schema,
    slot,
    path: part.path + step,
  })
  switch (def.type) {
    case 'object': {
      const properties = Object.entries(def.shape).map(([key, schema]) => within(schema, pathOf([key], ''), 'property'))
      return def.catchall ? [...properties, within(def.catchall, '{}', 'property')] : properties
    }
    case 'record':
    case 'map':
      return [within(def.keyType, '{key}', 'property'), within(def.valueType, '{}', 'property')]
    case 'array':
      return [within(def.element, '[]', 'element')]
    case 'set':
      return [within(def.valueType, '[]', 'element')]
    case 'tuple': {
      const items = def.items.map((schema, index) => within(schema, `[${index}]`, 'element'))
      return def.rest ? [...items, within(def.rest, '[]', 'element')] : items
    }
    case 'union':
      return def.options.map(inner)
    case 'intersection':
      return [inner(def.left), inner(def.right)]
    case 'pipe':
      return [inner(def.in), { ...part, schema: def.out, side: 'app' }]
    case 'lazy':
      return [inner(def.getter())]
    case 'optional':
    case 'nonoptional':
      return [within(def.innerType, '', 'property')]
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
      return [inner(def.innerType)]
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'symbol':
    case 'null':
    case 'undefined':
    case 'void':
    case 'any':
    case 'unknown':
    case 'never':
    case 'nan':
    case 'date':
    case 'literal':
    case 'enum':
    case 'template_literal':
    case 'file':
    case 'function':
    case 'promise':
    case 'success':
    case 'transform':
    case 'custom':
      break
  }
  return []
}
