import { Agenda } from './agenda.ts'
import type { BatchEntry } from './batch-entry.ts'
import type { BatcherOptions, GaveUp } from './batcher-options.ts'
import type { Lanes } from './lanes.ts'
import type { Room } from './room.ts'

export interface OpenEntriesOptions<Item, Value> extends Pick<
  BatcherOptions<Item, Value>,
  'clock' | 'giveUp' | 'keysGoOn'
> {
  readonly lanes: Lanes<Item, Value>
  readonly room: Room
  /** An entry is settled, and no longer open. */
  readonly onSettled: (entry: BatchEntry<Item, Value>) => void
  /** An entry was given up; more may be in this very turn of the event loop. */
  readonly onGivenUp: () => void
}

/** An item that was given up at the end; `unknown`: it may have been accepted all the same. */
export interface Abandoned<Item> {
  readonly item: Item
  readonly unknown: boolean
}

/** The entries that are not settled yet, and how they end: accepted, refused for good, or given up. */
export class OpenEntries<Item, Value> {
  readonly #options: OpenEntriesOptions<Item, Value>
  /** In the order they came. */
  readonly #entries: Agenda<BatchEntry<Item, Value>>

  constructor(options: OpenEntriesOptions<Item, Value>) {
    this.#options = options
    this.#entries = new Agenda(
      options.clock,
      (entry) => entry.deadline,
      (late) => newestFirst(late, (entry) => this.timeOut(entry)),
    )
  }

  get size(): number {
    return this.#entries.size
  }

  /** The promises of all of them. */
  promises(): Promise<Value>[] {
    return Array.from(this.#entries, ({ promise }) => promise)
  }

  /** From now on the entry is given up at its deadline, and when its signal aborts. */
  add(entry: BatchEntry<Item, Value>, signal: AbortSignal | undefined): void {
    if (signal) entry.onAbort(signal, () => this.#giveUp(entry, 'aborted', signal.reason))
    entry.openLink = this.#entries.add(entry)
  }

  /** The entry's deadline comes closer, if that is before it. */
  limit(entry: BatchEntry<Item, Value>, deadline: number): void {
    entry.deadline = Math.min(entry.deadline, deadline)
    this.#entries.hasten(entry)
  }

  succeed(entry: BatchEntry<Item, Value>, value: Value): void {
    entry.succeed(value)
    this.#forget(entry)
    this.release(entry)
  }

  /** Fails the entry and the later ones of its key, the last first. */
  fail(entry: BatchEntry<Item, Value>, error: Error): void {
    const { giveUp, keysGoOn, lanes } = this.#options
    const followers = keysGoOn ? [] : lanes.followers(entry)
    newestFirst(followers, (follower) => this.#failOne(follower, giveUp('group-failed', follower.item, false, error)))
    this.#failOne(entry, error)
  }

  /** After a block of the event loop, this comes before the alarm of a deadline. Says whether some were late. */
  failLate(entries: readonly BatchEntry<Item, Value>[]): boolean {
    const now = this.#options.clock.now()
    const late = entries.filter((entry) => entry.deadline <= now)
    newestFirst(late, (entry) => this.fail(entry, this.#gaveUp(entry, 'timeout', entry.lastError)))
    return late.length > 0
  }

  /** With what was said of it last. */
  timeOut(entry: BatchEntry<Item, Value>): void {
    this.#giveUp(entry, 'timeout', entry.lastError)
  }

  /** Gives up all of them. */
  abandon(cause: unknown): Abandoned<Item>[] {
    const entries = Array.from(this.#entries)
    const abandoned = entries.map(({ item, mayBeAccepted }) => ({ item, unknown: mayBeAccepted }))
    newestFirst(entries, (entry) => this.#giveUp(entry, 'closed', cause))
    return abandoned
  }

  /** The entry's place and room go to others: when it is settled, or when its call has ended if that is later. */
  release(entry: BatchEntry<Item, Value>): void {
    this.#options.lanes.release(entry)
    this.#options.room.leave(entry.bytes)
  }

  #giveUp(entry: BatchEntry<Item, Value>, why: GaveUp, cause: unknown): void {
    if (entry.state === 'settled') return
    this.fail(entry, this.#gaveUp(entry, why, cause))
    this.#options.onGivenUp()
  }

  #gaveUp(entry: BatchEntry<Item, Value>, why: GaveUp, cause: unknown): Error {
    return this.#options.giveUp(why, entry.item, entry.mayBeAccepted, cause)
  }

  /** One in flight keeps its place until its call ends: nothing may overtake it. */
  #failOne(entry: BatchEntry<Item, Value>, error: Error): void {
    if (entry.state !== 'in-flight') this.release(entry)
    entry.fail(error)
    this.#forget(entry)
  }

  #forget(entry: BatchEntry<Item, Value>): void {
    if (entry.openLink) this.#entries.delete(entry.openLink)
    this.#options.onSettled(entry)
  }
}

/** Otherwise one would take the place of another and leave, only to be given up in flight. */
function newestFirst<Entry>(entries: readonly Entry[], end: (entry: Entry) => void): void {
  for (const entry of entries.toReversed()) end(entry)
}
