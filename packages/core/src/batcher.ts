import { Agenda } from './agenda.ts'
import { Alarm } from './alarm.ts'
import { backoffDelay } from './backoff.ts'
import { BatchEntry, type EntryTime } from './batch-entry.ts'
import type { AddInTurnOptions, AddOptions, BatcherOptions, GaveUp } from './batcher-options.ts'
import { Lanes } from './lanes.ts'
import { type CloseReason, nextBatch } from './next-batch.ts'
import { onAbort } from './on-abort.ts'
import { Room } from './room.ts'
import { TrackedTasks } from './tracked-tasks.ts'
import { type Attempt, type Refusal, refusalOf } from './verdict.ts'

/** One that waits for room. */
interface Entering<Item> {
  readonly item: Item
  /** That of the item. */
  readonly promise: Promise<unknown>
  /** Aborts when it waits no longer. */
  readonly left: AbortController
}

/**
 * Gathers items into calls of up to `maxCount` and `maxBytes`, and settles each item on its own answer. When an item of a
 * key fails for good, the items of that key that were added before then fail too, so that none overtakes (unless
 * `keysGoOn`).
 */
export class Batcher<Item, Value> {
  readonly #options: BatcherOptions<Item, Value>
  readonly #lanes: Lanes<Item, Value>
  readonly #room: Room
  readonly #calls = new TrackedTasks(rethrow)
  /** Those that wait for room, in their order. */
  readonly #entering = new Set<Entering<Item>>()
  /** Not settled yet, in the order they came. */
  readonly #open: Agenda<BatchEntry<Item, Value>>
  readonly #backingOff: Agenda<BatchEntry<Item, Value>>
  #inFlight = 0
  #flushing = 0
  #closed = false
  #lastAddedAt = -Infinity
  readonly #lingerAlarm: Alarm

  constructor(options: BatcherOptions<Item, Value>) {
    this.#options = options
    this.#room = new Room(options)
    this.#lanes = new Lanes((entry) => this.#startTime(entry))
    this.#lingerAlarm = new Alarm(options.clock, () => this.#pump())
    this.#open = new Agenda(
      options.clock,
      (entry) => entry.deadline,
      (late) => this.#giveUpAll(late, 'timeout', (entry) => entry.lastError),
    )
    this.#backingOff = new Agenda(
      options.clock,
      (entry) => entry.retryAt,
      (due) => this.#tryAgain(due),
    )
  }

  /** Items that are not settled yet. */
  get size(): number {
    return this.#open.size
  }

  /** Resolves with the item's own answer, or rejects with its own error. */
  add(item: Item, { deadline, ...options }: AddOptions): Promise<Value> {
    const refusal = this.#refusal(item, options.signal)
    if (refusal) return Promise.reject(refusal)
    const bytes = this.#options.bytes(item)
    this.#room.take(bytes)
    return this.#add(item, bytes, { deadline }, options)
  }

  /** As `add`, once there is room for it, in the order of the calls. Calls `onAdded` then, unless it is refused. */
  addInTurn(item: Item, options: AddInTurnOptions, onAdded: () => void): Promise<Value> {
    const refusal = this.#refusal(item, options.signal)
    if (refusal) return Promise.reject(refusal)
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    const entering: Entering<Item> = { item, promise, left: new AbortController() }
    this.#entering.add(entering)
    this.#enter(entering, options, onAdded).then(resolve, reject)
    return promise
  }

  async #enter(entering: Entering<Item>, options: AddInTurnOptions, onAdded: () => void): Promise<Value> {
    const { item, left } = entering
    const { timeout, signal } = options
    const stop = signal && onAbort(signal, () => left.abort())
    const bytes = this.#options.bytes(item)
    const entered = await this.#room.enter(bytes, left.signal)
    stop?.()
    this.#entering.delete(entering)
    if (left.signal.aborted) {
      if (entered) this.#room.leave(bytes)
      throw this.#options.giveUp(signal?.aborted ? 'aborted' : 'closed', item, false, signal?.reason)
    }
    onAdded()
    return this.#add(item, bytes, { timeout }, options)
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
    if (signal) entry.onAbort(signal, () => this.#giveUp(entry, 'aborted', signal.reason))
    this.#open.add(entry)
    this.#lanes.add(entry)
    this.#pump(true)
    return entry.promise
  }

  #startTime(entry: BatchEntry<Item, Value>): void {
    if (entry.timeout === undefined) return
    entry.deadline = this.#options.clock.now() + entry.timeout
    this.#open.add(entry)
  }

  /** Sends without lingering, and resolves when everything added so far is settled, one way or the other. */
  async flush(): Promise<void> {
    this.#flushing++
    this.#pump()
    await Promise.allSettled(Array.from([...this.#open, ...this.#entering], ({ promise }) => promise))
    this.#flushing--
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
  abandon(cause: unknown): { readonly item: Item; readonly unknown: boolean }[] {
    const entries = Array.from(this.#open)
    const left = entries.map((entry) => ({ item: entry.item, unknown: mayBeAccepted(entry) }))
    const entering = Array.from(this.#entering)
    this.#entering.clear()
    for (const one of entering) one.left.abort()
    this.#giveUpAll(entries, 'closed', () => cause)
    return [...left, ...entering.map(({ item }) => ({ item, unknown: false }))]
  }

  /** `goesOn`: more may be added in this very turn of the event loop, which an open batch waits for, however long the turn. */
  #pump(goesOn = false): void {
    const { clock, maxInFlight } = this.#options
    while (this.#inFlight < maxInFlight) {
      const next = nextBatch(this.#lanes.ready, this.#options, this.#flushing > 0)
      if (!next) return
      const mayGrow = goesOn && next.reason !== 'count' && next.reason !== 'bytes'
      if (mayGrow || next.at > clock.now()) return this.#lingerAlarm.ringBy(next.at)
      if (this.#failLate(next.count)) continue
      const batch = this.#lanes.take(next.count)
      this.#inFlight++
      this.#calls.run(() => this.#call(batch, next.reason))
    }
  }

  /** After a block of the event loop, this comes before the alarm of a deadline. Says whether some of the batch was late. */
  #failLate(count: number): boolean {
    const now = this.#options.clock.now()
    const late = this.#lanes.head(count).filter((entry) => entry.deadline <= now)
    for (const entry of late.toReversed()) this.#fail(entry, this.#gaveUp(entry, 'timeout', entry.lastError))
    return late.length > 0
  }

  /** Never rejects: every way out of `send` is an answer to each entry. */
  async #call(batch: readonly BatchEntry<Item, Value>[], reason: CloseReason): Promise<void> {
    for (const entry of batch) {
      if (entry.attempts++ === 0) entry.firstTriedAt = this.#options.clock.now()
    }
    const answers = await this.#answers(batch, reason)
    this.#inFlight--
    const jitter = this.#options.clock.random()
    for (const [index, entry] of batch.entries()) this.#answered(entry, answers[index] ?? MISSING, jitter)
    this.#pump(true)
  }

  async #answers(batch: readonly BatchEntry<Item, Value>[], reason: CloseReason): Promise<readonly Attempt<Value>[]> {
    try {
      return await this.#options.send(
        batch.map((entry) => entry.item),
        reason,
        (index) => batch[index]?.state !== 'settled',
      )
    } catch (error) {
      const refusal = refusalOf(error)
      return batch.map(() => refusal)
    }
  }

  /** `jitter` is that of the call: what was refused together goes again together. */
  #answered(entry: BatchEntry<Item, Value>, answer: Attempt<Value>, jitter: number): void {
    if (entry.state === 'settled') return this.#release(entry)
    if (answer.ok) {
      entry.succeed(answer.value)
      this.#forget(entry)
      return this.#release(entry)
    }
    entry.state = 'backing-off'
    entry.lastError = answer.error
    entry.unknown ||= answer.unknown
    const { backoff, clock, refused, unknownWindow } = this.#options
    if (answer.verdict === 'never' || answer.verdict === 'lost') {
      return this.#fail(entry, refused?.(entry.item, { ...answer, unknown: entry.unknown }) ?? answer.error)
    }
    if (entry.unknown && entry.key !== undefined) {
      entry.deadline = Math.min(entry.deadline, entry.firstTriedAt + unknownWindow)
      this.#open.add(entry)
    }
    const now = clock.now()
    entry.retryAt = now + backoffDelay(backoff[answer.verdict], entry.attempts, () => jitter)
    if (entry.retryAt > entry.deadline) {
      entry.retryAt = entry.deadline - LAST_TRY
      if (entry.retryAt <= now) return this.#giveUp(entry, 'timeout', answer.error)
    }
    this.#backingOff.add(entry)
  }

  #tryAgain(due: readonly BatchEntry<Item, Value>[]): void {
    for (const entry of due) {
      this.#backingOff.delete(entry)
      entry.leavesAt = entry.retryAt
      this.#lanes.makeReady(entry)
    }
    this.#pump()
  }

  /** The newest first: otherwise one would take the place of another and leave, only to be given up in flight. */
  #giveUpAll(
    entries: readonly BatchEntry<Item, Value>[],
    why: GaveUp,
    cause: (entry: BatchEntry<Item, Value>) => unknown,
  ): void {
    for (const entry of entries.toReversed()) this.#giveUp(entry, why, cause(entry))
  }

  /** Sends nothing in this turn, in which others may be given up too. */
  #giveUp(entry: BatchEntry<Item, Value>, why: GaveUp, cause: unknown): void {
    if (entry.state === 'settled') return
    this.#fail(entry, this.#gaveUp(entry, why, cause))
    this.#pump(true)
  }

  #gaveUp(entry: BatchEntry<Item, Value>, why: GaveUp, cause: unknown): Error {
    return this.#options.giveUp(why, entry.item, mayBeAccepted(entry), cause)
  }

  /** Fails the entry and the later ones of its key, the last first. */
  #fail(entry: BatchEntry<Item, Value>, error: Error): void {
    const followers = this.#options.keysGoOn ? [] : this.#lanes.followers(entry)
    for (const follower of followers.toReversed()) {
      this.#failOne(follower, this.#options.giveUp('group-failed', follower.item, false, error))
    }
    this.#failOne(entry, error)
  }

  /** One in flight keeps its place until its call ends: nothing may overtake it. */
  #failOne(entry: BatchEntry<Item, Value>, error: Error): void {
    if (entry.state !== 'in-flight') this.#release(entry)
    entry.fail(error)
    this.#forget(entry)
  }

  #release(entry: BatchEntry<Item, Value>): void {
    this.#lanes.release(entry)
    this.#room.leave(entry.bytes)
  }

  #forget(entry: BatchEntry<Item, Value>): void {
    this.#open.delete(entry)
    this.#backingOff.delete(entry)
    if (this.#open.size === 0) this.#lingerAlarm.cancel()
  }
}

const mayBeAccepted = ({ unknown, state }: Pick<BatchEntry<unknown, unknown>, 'unknown' | 'state'>) =>
  unknown || state === 'in-flight'

/** How long before its deadline an entry is tried for the last time, whatever its back-off says. */
const LAST_TRY = 1_000

const MISSING: Refusal = {
  ok: false,
  error: new Error('The answer names this entry neither as successful nor as failed.'),
  verdict: 'now',
  unknown: true,
}

/** `#call` answers every entry and rejects never; if it did, that must not be silent. */
function rethrow(error: unknown): never {
  throw error
}
