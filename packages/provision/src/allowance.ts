import type { Attributes } from './change.ts'
import { isRecord, parsed, sameValue } from './same-json.ts'

export const ALLOWANCES = [
  'lower-retention',
  'lower-max-receive-count',
  'lower-maximum-message-size',
  'other-encryption',
] as const

/**
 * What is done only when `plan` is told so. `lower-retention`: SQS deletes what is older. `lower-max-receive-count`: SQS
 * moves what was received that often. `lower-maximum-message-size`: larger messages are refused. `other-encryption`:
 * another KMS key, or none any more.
 */
export type Allowance = (typeof ALLOWANCES)[number]

export interface Hindrance {
  readonly reason: string
  /** Undefined: no allowance helps. */
  readonly allowance: Allowance | undefined
}

/** What no allowance helps with, and why. */
const FIXED: Attributes = {
  FifoQueue: 'SQS fixes it when a queue is created',
  FifoTopic: 'SNS fixes it when a topic is created',
  DeduplicationScope: 'a queue shows another scope, and goes on as before',
  FifoThroughputScope: 'a topic deduplicates within it, and SNS does not take MessageGroup back',
}
const NO_SCOPE = 'it takes the DeduplicationScope messageGroup'

/** Why `apply` must not make this change to what is found, or undefined when it may. */
export function hindranceTo(attribute: string, found: Attributes, to: string): Hindrance | undefined {
  const from = found[attribute]
  const fixed = FIXED[attribute] ?? (needsScope(attribute, found, to) ? NO_SCOPE : undefined)
  if (fixed !== undefined)
    return { reason: `${fixed}. Declare another name, or the throughput that it has.`, allowance: undefined }
  if (attribute === 'MessageRetentionPeriod' && Number(to) < Number(from))
    return needs('lower-retention', 'lowering it deletes older messages')
  if (attribute === 'RedrivePolicy' && maxReceiveCount(to) < maxReceiveCount(from))
    return needs('lower-max-receive-count', 'lowering maxReceiveCount moves messages that were received that often')
  if (attribute === 'MaximumMessageSize' && Number(to) < Number(from))
    return needs('lower-maximum-message-size', 'lowering it refuses larger messages, which may be on their way')
  if (attribute === 'KmsMasterKeyId' && from)
    return needs('other-encryption', 'new messages would no longer be encrypted with this key')
  return undefined
}

/** A throughput limit of each message group, where the queue deduplicates as a whole. */
const needsScope = (attribute: string, { DeduplicationScope }: Attributes, to: string) =>
  attribute === 'FifoThroughputLimit' && to === 'perMessageGroupId' && DeduplicationScope !== 'messageGroup'

const needs = (allowance: Allowance, why: string): Hindrance => ({
  reason: `${why}. Plan with allow: ['${allowance}'] to do it.`,
  allowance,
})

/** What `apply` may make of a change that it must not: the dead-letter queue of a redrive policy, under the higher count. */
export function harmlessPart(attribute: string, from: string, to: string): string | undefined {
  const wanted = parsed(to)
  if (attribute !== 'RedrivePolicy' || !isRecord(wanted)) return undefined
  const part = JSON.stringify({ ...wanted, maxReceiveCount: maxReceiveCount(from) })
  return sameValue(from, part) ? undefined : part
}

function maxReceiveCount(policy: string | undefined): number {
  const value = parsed(policy)
  return isRecord(value) ? Number(value['maxReceiveCount']) : NaN
}
