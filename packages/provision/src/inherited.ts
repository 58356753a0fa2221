import { isDeepStrictEqual } from 'node:util'
import type { AnyQueue, QueueDefinition } from '@waybill/schema'
import type { Declared } from '@waybill/sqs'
import { ProvisionError } from './provision-error.ts'

type Inherited = Pick<QueueDefinition, 'encryption' | 'tags' | 'throughput'>

const AGREED = ['encryption', 'throughput'] as const

/**
 * What a queue has of those whose messages may end up in it: their encryption and throughput, and the tags that they have
 * in common. Throws a {@link ProvisionError} when they disagree.
 */
export function inherited({ name }: Declared, [first, ...others]: readonly AnyQueue[]): Inherited {
  if (!first) throw new TypeError(`nothing needs queue '${name}'`)
  const { encryption, tags, throughput } = first['~definition']
  for (const other of others) {
    const differing = AGREED.find((what) => !isDeepStrictEqual(first['~definition'][what], other['~definition'][what]))
    if (differing === undefined) continue
    const [one, another] = [first, other].map((queue) => shown(queue['~definition'][differing]))
    throw new ProvisionError(
      'conflict',
      `Queues '${first.name}' and '${other.name}' share the dead-letter queue '${name}', and differ in their ${differing}: ${one} and ${another}. Declare the same for both, or another deadLetter.name for one.`,
    )
  }
  const common = Object.entries(tags).filter(([key, value]) =>
    others.every((other) => other['~definition'].tags[key] === value),
  )
  return { encryption, throughput, tags: Object.fromEntries(common) }
}

function shown(value: Inherited['encryption'] | string): string {
  if (typeof value === 'string') return `'${value}'`
  return value ? `'${value.kmsKey}' for ${value.dataKeyReuse} s` : 'none of their own'
}
