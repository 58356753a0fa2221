import type { BatchEntry } from './batch-entry.ts'

/** Why a batch was closed: full by count, full by bytes, its oldest item waited long enough, or a flush. */
export type CloseReason = 'count' | 'bytes' | 'linger' | 'flush'

export interface BatchLimits {
  readonly maxCount: number
  readonly maxBytes: number
  /** Milliseconds that an item may wait for company. */
  readonly linger: number
}

/** The batch that leaves next: how many of those ready, when (on the clock), and why then. */
export interface NextBatch {
  readonly count: number
  readonly at: number
  readonly reason: CloseReason
}

/** Closes a batch over the first of `ready`, or says when it closes; an item too big for any batch goes alone. */
export function nextBatch(
  ready: readonly Pick<BatchEntry<unknown, unknown>, 'bytes' | 'addedAt'>[],
  limits: BatchLimits,
  flushing: boolean,
): NextBatch | undefined {
  const [oldest] = ready
  if (!oldest) return undefined
  const at = oldest.addedAt
  let bytes = 0
  let count = 0
  for (const entry of ready) {
    if (count > 0 && bytes + entry.bytes > limits.maxBytes) return { count, at, reason: 'bytes' }
    bytes += entry.bytes
    count++
    if (count === limits.maxCount) return { count, at, reason: 'count' }
    if (bytes >= limits.maxBytes) return { count, at, reason: 'bytes' }
  }
  return flushing ? { count, at, reason: 'flush' } : { count, at: at + limits.linger, reason: 'linger' }
}
