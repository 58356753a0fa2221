import type { Tags } from '@waybill/schema'
import type { Tag } from './change.ts'

interface Tagged {
  readonly name: string
  readonly owner: string | undefined
  readonly found: { readonly id: string; readonly tags: Tags } | undefined
}

/** The tags that are missing, or have another value. */
export function compareTags(resource: Tag['resource'], wanted: Tags, { found, name, owner }: Tagged): Tag[] {
  // those of another account's are not read: no permission lets others
  if (!found || owner !== undefined) return []
  const to = Object.entries(wanted).filter(([key, value]) => found.tags[key] !== value)
  if (to.length === 0) return []
  const from = Object.entries(found.tags).filter(([key]) => to.some(([wantedKey]) => wantedKey === key))
  return [{ kind: 'tag', resource, name, id: found.id, from: Object.fromEntries(from), to: Object.fromEntries(to) }]
}
