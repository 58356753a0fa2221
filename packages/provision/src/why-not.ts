import { isRecord, parsed, sameValue } from './same-json.ts'

const KEPT = 'AWS may show a new value and go on as before. Declare another name, or the throughput that it has.'
const FIXED = new Set(['FifoQueue', 'FifoTopic', 'DeduplicationScope', 'FifoThroughputLimit', 'FifoThroughputScope'])

/** Why `apply` must not make this change, or undefined when it may. */
export function whyNot(attribute: string, from: string | undefined, to: string): string | undefined {
  if (FIXED.has(attribute)) return KEPT
  if (attribute === 'MessageRetentionPeriod' && Number(to) < Number(from))
    return 'lowering it deletes older messages. Do it by hand.'
  if (attribute === 'RedrivePolicy' && maxReceiveCount(to) < maxReceiveCount(from)) {
    return 'lowering maxReceiveCount moves messages that were received that often. Do it by hand.'
  }
  return undefined
}

/** What `apply` may make of a change that it must not: the dead-letter queue of a redrive policy, under the higher count. */
export function allowedPart(attribute: string, from: string, to: string): string | undefined {
  const wanted = parsed(to)
  if (attribute !== 'RedrivePolicy' || !isRecord(wanted)) return undefined
  const part = JSON.stringify({ ...wanted, maxReceiveCount: maxReceiveCount(from) })
  return sameValue(from, part) ? undefined : part
}

function maxReceiveCount(policy: string | undefined): number {
  const value = parsed(policy)
  return isRecord(value) ? Number(value['maxReceiveCount']) : NaN
}
