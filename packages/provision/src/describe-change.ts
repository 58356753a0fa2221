import type { Tags } from '@waybill/schema'
import type { Attributes, Change, Tag } from './change.ts'

/** A change in one line, for people. */
export function describeChange(change: Change): string {
  const subject = `${change.resource} ${change.name}`
  switch (change.kind) {
    case 'create':
      return `create ${subject}${listed(change.attributes, change.tags)}`
    case 'update':
      return `update ${subject}: ${change.attribute} from ${shown(change.from)} to ${shown(change.to)}`
    case 'tag':
      return `tag ${subject}: ${tagged(change)}`
    case 'remove':
      return `remove ${subject}: ${change.reason}`
    case 'cannot-change':
      return `can't change ${subject}: ${change.attribute} from ${shown(change.from)} to ${shown(change.to)}: ${change.reason}`
    case 'unmanaged':
      return `unmanaged ${subject}: ${change.reason} Plan with prune: true to remove it.`
  }
}

const shown = (value: string | undefined) => value || 'nothing'

function listed(attributes: Attributes, tags: Tags = {}): string {
  const pairs = Object.entries(attributes).map(([name, value]) => `${name}=${value}`)
  const labels = Object.entries(tags).map(([key, value]) => `tag ${key}=${value}`)
  return pairs.length + labels.length === 0 ? '' : `: ${[...pairs, ...labels].join(' ')}`
}

function tagged({ from, to }: Tag): string {
  return Object.entries(to)
    .map(([key, value]) => `${key} from ${shown(from[key])} to ${shown(value)}`)
    .join(', ')
}
