import { quote } from '@waybill/core'

/** As {@link quote}, but what Waybill made is called by its name, and a schema is called one. */
export function describeValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return quote(value)
  if ('~definition' in value && 'kind' in value && 'name' in value) return `${String(value.kind)} ${quote(value.name)}`
  if ('~versions' in value && 'type' in value) return `message ${quote(value.type)}`
  if ('~topic' in value && 'topic' in value) return `a subscription to topic ${quote(value.topic)}`
  if ('_zod' in value) return 'a schema'
  return '_def' in value ? 'a schema of zod 3' : quote(value)
}
