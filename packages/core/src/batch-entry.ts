import type { Link } from './linked-list.ts'
import { onAbort } from './on-abort.ts'

/**
 * Where an entry is. `queued`: behind another of its key. `ready`: may join the next batch. `in-flight`: in a call.
 * `backing-off`: refused, to be tried again. `settled`: its promise is; the end.
 */
export type EntryState = 'queued' | 'ready' | 'in-flight' | 'backing-off' | 'settled'

export interface BatchEntryOptions<Item> {
  readonly item: Item
  readonly bytes: number
  readonly key: string | undefined
  /** On the clock: when it need not wait for company any longer. */
  readonly leavesAt: number
  /** Whether that is at once, since nothing came before it for a while. */
  readonly alone: boolean
  readonly time: EntryTime
}

/** On the clock, or in milliseconds from when the entry may leave for the first time. */
export type EntryTime = { readonly deadline: number } | { readonly timeout: number }

/** One item on its way through a {@link Batcher}. */
export class BatchEntry<Item, Value> {
  readonly item: Item
  readonly bytes: number
  readonly key: string | undefined
  leavesAt: number
  readonly alone: boolean
  /**
   * None yet for one whose time counts from its turn. Comes closer when a keyed entry is of unknown outcome: past it, a
   * second copy might be taken for another item.
   */
  deadline: number
  /** Of one whose time counts from its turn. */
  readonly timeout: number | undefined
  readonly promise: Promise<Value>
  state: EntryState = 'queued'
  /** Its places, which are the business of those who keep the lists. */
  openLink: Link<this> | undefined
  laneLink: Link<this> | undefined
  readyLink: Link<this> | undefined
  backOffLink: Link<this> | undefined
  attempts = 0
  firstTriedAt = 0
  /** Whether an earlier attempt may have been accepted although its answer was lost. */
  unknown = false
  /** When one that is backing off may go again, on the clock. */
  retryAt = 0
  lastError: Error | undefined
  readonly #resolve: (value: Value) => void
  readonly #reject: (error: Error) => void
  #stopListening: (() => void) | undefined

  constructor({ item, bytes, key, leavesAt, alone, time }: BatchEntryOptions<Item>) {
    this.item = item
    this.bytes = bytes
    this.key = key
    this.leavesAt = leavesAt
    this.alone = alone
    this.deadline = 'deadline' in time ? time.deadline : Infinity
    this.timeout = 'timeout' in time ? time.timeout : undefined
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    this.promise = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Whether it may have been accepted, were it given up now. */
  get mayBeAccepted(): boolean {
    return this.unknown || this.state === 'in-flight'
  }

  onAbort(signal: AbortSignal, run: () => void): void {
    this.#stopListening = onAbort(signal, run)
  }

  succeed(value: Value): void {
    this.#end()
    this.#resolve(value)
  }

  fail(error: Error): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.state = 'settled'
    this.#stopListening?.()
  }
}
