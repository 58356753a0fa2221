import { createHash } from 'node:crypto'
import { OptionsError, quote } from '@waybill/core'
import type { Key } from '@waybill/schema'
import { GROUP_ID } from '@waybill/sqs'
import type { Target } from './target.ts'

type Keyed = Parameters<Key>[0]

/** The message group, or the fair-queue key. One that SQS would refuse is hashed: equal keys stay equal. */
export function groupKey(target: Target, keyed: Keyed): string | undefined {
  if (target.group === undefined) return undefined
  const group = called(target, 'group', target.group, keyed)
  return GROUP_ID.test(group) ? group : hash(group)
}

/** The message's id, or a hash with type and group: bare keys of two types or groups would drop each other's messages. */
export function deduplicationKey(target: Target, keyed: Keyed, group: string | undefined, id: string): string {
  if (target.deduplicate === undefined) return id
  const key = called(target, 'deduplicate', target.deduplicate, keyed)
  return hash(JSON.stringify([keyed.type, group, key]))
}

/** What the user's function throws may quote the payload, so it goes into the cause alone. */
function called(target: Target, name: string, key: Key, keyed: Keyed): string {
  const subject = `${name} of ${target.label}, called for ${keyed.type},`
  let value: unknown
  try {
    value = key(keyed)
  } catch (cause) {
    throw new OptionsError(`${subject} threw (see cause).`, { cause })
  }
  if (typeof value === 'string' && value !== '') return value
  throw new OptionsError(
    `${subject} returned ${quote(value)}. Return a text that is not empty, such as an id of the payload.`,
  )
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
