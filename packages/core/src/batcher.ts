import { BatchEntry, type EntryTime } from './batch-entry.ts'
import type { AddInTurnOptions, AddOptions, BatcherOptions } from './batcher-options.ts'
import { Calls } from './calls.ts'
import { Entrance } from './entrance.ts'
import { Lanes } from './lanes.ts'
import { type Abandoned, OpenEntries } from './open-entries.ts'
import { Retries } from './retries.ts'
import { Room } from './room.ts'

/**
 * Gathers items into calls of up to `maxCount` and `maxBytes`, and settles each item on its own answer. When an item of a
 * key fails for good, the items of that key that were added before then fail too, so that none overtakes (unless
 * `keysGoOn`).
 */
export class Batcher<Item, Value> {
  readonly #options: BatcherOptions<Item, Value>
  readonly #room: Room
  readonly #entrance: Entrance<Item, Value>
  readonly #lanes: Lanes<Item, Value>
  readonly #open: OpenEntries<Item, Value>
  readonly #calls: Calls<Item, Value>
  #closed = false
  #lastAddedAt = -Infinity

  constructor(options: BatcherOptions<Item, Value>) {
    const room = new Room(options)
    const lanes = new Lanes<Item, Value>((entry) => this.#startTime(entry))
    const open: OpenEntries<Item, Value> = new OpenEntries({
      ...options,
      lanes,
      room,
      onSettled(entry) {
        retries.forget(entry)
        if (open.size === 0) calls.rest()
      },
      onGivenUp: () => calls.pump(true),
    })
    const retries = new Retries({ ...options, lanes, open, onReady: () => calls.pump() })
    const calls: Calls<Item, Value> = new Calls({ ...options, lanes, open, retries })
    this.#entrance = new Entrance({
      ...options,
      room,
      add: (item, bytes, more) => this.#add(item, bytes, more, more),
    })
    this.#options = options
    this.#room = room
    this.#lanes = lanes
    this.#open = open
    this.#calls = calls
  }

  /** Items that are not settled yet. */
  get size(): number {
    return this.#open.size
  }

  /** Resolves with the item's own answer, or rejects with its own error. */
  add(item: Item, options: AddOptions): Promise<Value> {
    const refusal = this.#refusal(item, options.signal)
    if (refusal) return Promise.reject(refusal)
    const bytes = this.#options.bytes(item)
    this.#room.take(bytes)
    return this.#add(item, bytes, options, options)
  }

  /** As `add`, once there is room for it, in the order of the calls. Calls `onAdded` then, unless it is refused. */
  addInTurn(item: Item, options: AddInTurnOptions, onAdded: () => void): Promise<Value> {
    const refusal = this.#refusal(item, options.signal)
    return refusal ? Promise.reject(refusal) : this.#entrance.enter(item, options, onAdded)
  }

  #refusal(item: Item, signal: AbortSignal | undefined): Error | undefined {
    if (this.#closed) return this.#options.giveUp('closed', item, false, undefined)
    return signal?.aborted ? this.#options.giveUp('aborted', item, false, signal.reason) : undefined
  }

  #add(item: Item, bytes: number, time: EntryTime, { key, signal }: Omit<AddOptions, 'deadline'>): Promise<Value> {
    const { clock, eager = false, linger } = this.#options
    const now = clock.now()
    const alone = eager && now - this.#lastAddedAt >= linger
    this.#lastAddedAt = now
    const left = 'deadline' in time ? time.deadline - now : time.timeout
    // with little time left it lingers for half of it at most
    const leavesAt = now + (alone ? 0 : Math.min(linger, left / 2))
    const entry = new BatchEntry<Item, Value>({ item, bytes, key, leavesAt, alone, time })
    this.#open.add(entry, signal)
    this.#lanes.add(entry)
    this.#calls.pump(true)
    return entry.promise
  }

  #startTime(entry: BatchEntry<Item, Value>): void {
    if (entry.timeout !== undefined) this.#open.limit(entry, this.#options.clock.now() + entry.timeout)
  }

  /** Sends without lingering, and resolves when everything added so far is settled, one way or the other. */
  flush(): Promise<void> {
    return this.#calls.flush(Promise.allSettled([...this.#open.promises(), ...this.#entrance.promises()]))
  }

  /** Takes nothing more; resolves when everything so far is settled, what waits for room too, and no call is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.flush()
    await this.#calls.idle()
  }

  /**
   * Gives up everything that is not settled, and says which items those were, those that wait for room included, and
   * which may have been accepted.
   */
  abandon(cause: unknown): Abandoned<Item>[] {
    const waiting = this.#entrance.turnAway()
    return [...this.#open.abandon(cause), ...waiting.map((item) => ({ item, unknown: false }))]
  }
}
