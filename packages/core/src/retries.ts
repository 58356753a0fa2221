import { Agenda } from './agenda.ts'
import { backoffDelay } from './backoff.ts'
import type { BatchEntry } from './batch-entry.ts'
import type { BatcherOptions } from './batcher-options.ts'
import type { Lanes } from './lanes.ts'
import type { OpenEntries } from './open-entries.ts'
import type { Attempt } from './verdict.ts'

/** How long before its deadline an entry is tried for the last time, whatever its back-off says. */
const LAST_TRY = 1_000

export interface RetriesOptions<Item, Value> extends Pick<
  BatcherOptions<Item, Value>,
  'backoff' | 'clock' | 'refused' | 'unknownWindow'
> {
  readonly lanes: Lanes<Item, Value>
  readonly open: OpenEntries<Item, Value>
  /** Entries may leave again. */
  readonly onReady: () => void
}

/** What an answer comes to: the end of an entry, or another try after its back-off. */
export class Retries<Item, Value> {
  readonly #options: RetriesOptions<Item, Value>
  readonly #backingOff: Agenda<BatchEntry<Item, Value>>

  constructor(options: RetriesOptions<Item, Value>) {
    this.#options = options
    this.#backingOff = new Agenda(
      options.clock,
      (entry) => entry.retryAt,
      (due) => this.#tryAgain(due),
    )
  }

  /** `jitter` is that of the call: what was refused together goes again together. */
  answered(entry: BatchEntry<Item, Value>, answer: Attempt<Value>, jitter: number): void {
    const { open, refused } = this.#options
    if (entry.state === 'settled') return open.release(entry)
    if (answer.ok) return open.succeed(entry, answer.value)
    entry.state = 'backing-off'
    entry.lastError = answer.error
    entry.unknown ||= answer.unknown
    if (answer.verdict === 'never' || answer.verdict === 'lost') {
      return open.fail(entry, refused?.(entry.item, { ...answer, unknown: entry.unknown }) ?? answer.error)
    }
    this.#backOff(entry, answer.verdict, jitter)
  }

  #backOff(entry: BatchEntry<Item, Value>, verdict: 'now' | 'later', jitter: number): void {
    const { backoff, clock, open, unknownWindow } = this.#options
    if (entry.unknown && entry.key !== undefined) open.limit(entry, entry.firstTriedAt + unknownWindow)
    const now = clock.now()
    entry.retryAt = now + backoffDelay(backoff[verdict], entry.attempts, () => jitter)
    if (entry.retryAt > entry.deadline) {
      entry.retryAt = entry.deadline - LAST_TRY
      if (entry.retryAt <= now) return open.timeOut(entry)
    }
    entry.backOffLink = this.#backingOff.add(entry)
  }

  #tryAgain(due: readonly BatchEntry<Item, Value>[]): void {
    for (const entry of due) {
      this.forget(entry)
      entry.leavesAt = entry.retryAt
      this.#options.lanes.makeReady(entry)
    }
    this.#options.onReady()
  }

  /** The entry backs off no more. */
  forget(entry: BatchEntry<Item, Value>): void {
    if (entry.backOffLink) this.#backingOff.delete(entry.backOffLink)
  }
}
