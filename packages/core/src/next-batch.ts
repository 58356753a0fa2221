import type { BatchEntry } from './batch-entry.ts'
import type { Link } from './linked-list.ts'

/**
 * Why a batch was closed: full by count, full by bytes, its oldest item waited long enough for company, a flush, or its
 * oldest item came after a pause (`idle`).
 */
export type CloseReason = 'count' | 'bytes' | 'linger' | 'flush' | 'idle'

export interface BatchLimits {
  readonly maxCount: number
  readonly maxBytes: number
}

/** The batch that leaves next: how many of those ready, when (on the clock), and why then. */
export interface NextBatch {
  readonly count: number
  readonly at: number
  readonly reason: CloseReason
}

const AT_ONCE = -Infinity

/** Closes a batch over the first of those ready, or says when it closes; an item too big for any batch goes alone. */
export function nextBatch<Entry extends Pick<BatchEntry<unknown, unknown>, 'bytes' | 'leavesAt' | 'alone'>>(
  ready: Link<Entry> | undefined,
  { maxCount, maxBytes }: BatchLimits,
  flushing: boolean,
): NextBatch | undefined {
  // not always the oldest: one that is tried again, or has little time, waits for nobody
  let soonest: Entry | undefined
  let bytes = 0
  let count = 0
  for (let link = ready; link; link = link.next) {
    const entry = link.value
    if (count > 0 && bytes + entry.bytes > maxBytes) return { count, at: AT_ONCE, reason: 'bytes' }
    if (!soonest || entry.leavesAt < soonest.leavesAt) soonest = entry
    bytes += entry.bytes
    count++
    if (count === maxCount) return { count, at: AT_ONCE, reason: 'count' }
    if (bytes >= maxBytes) return { count, at: AT_ONCE, reason: 'bytes' }
  }
  if (!soonest) return undefined
  if (flushing) return { count, at: AT_ONCE, reason: 'flush' }
  return { count, at: soonest.leavesAt, reason: soonest.alone ? 'idle' : 'linger' }
}
