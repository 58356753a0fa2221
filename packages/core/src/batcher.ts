import { Alarm } from './alarm.ts'
import { type Backoff, backoffDelay } from './backoff.ts'
import { BatchBuffer, type BufferLimits } from './batch-buffer.ts'
import { BatchEntry } from './batch-entry.ts'
import type { Clock } from './clock.ts'
import { type BatchLimits, type CloseReason, nextBatch } from './next-batch.ts'
import { TrackedTasks } from './tracked-tasks.ts'
import { type Attempt, type Refusal, refusalOf } from './verdict.ts'

/** Why the batcher itself gave an item up. */
export type GaveUp = 'timeout' | 'aborted' | 'group-failed' | 'closed'

export interface BatcherOptions<Item, Value> extends BatchLimits, BufferLimits {
  readonly clock: Clock
  /** One call. Its answer is positional: a missing position is a refusal to try again. */
  readonly send: (items: readonly Item[], reason: CloseReason) => Promise<readonly Attempt<Value>[]>
  readonly bytes: (item: Item) => number
  /** Makes the error that a given-up item rejects with. `unknown`: it may have been accepted all the same. */
  readonly giveUp: (why: GaveUp, item: Item, unknown: boolean, cause: unknown) => Error
  /** Makes the error that a finally refused item rejects with; `unknown` also counts earlier attempts. Default: the refusal's own. */
  readonly refused?: (item: Item, refusal: Refusal) => Error
  /** Whether the later items of its key go on when an item fails. Default: they fail with it, so that none overtakes. */
  readonly keysGoOn?: boolean
  readonly maxInFlight: number
  /** Delays by verdict. */
  readonly backoff: { readonly now: Backoff; readonly later: Backoff }
  /** Milliseconds from its first attempt in which a keyed item of unknown outcome may be sent again. */
  readonly unknownWindow: number
}

export interface AddOptions {
  /** Items of one key are sent one at a time and in order. */
  readonly key?: string | undefined
  /** On the clock, in milliseconds: no attempt starts after it, and what is still in a call then is given up. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Gathers items into calls of up to `maxCount` and `maxBytes`, and settles each item on its own answer. Bounded: beyond
 * the buffer, items wait for room in the order they came. When an item of a key fails for good, the items of that key
 * that were added before then fail too, so that none overtakes (unless `keysGoOn`).
 */
export class Batcher<Item, Value> {
  readonly #options: BatcherOptions<Item, Value>
  readonly #buffer: BatchBuffer<Item, Value>
  readonly #calls = new TrackedTasks(rethrow)
  /** Not settled yet, in the order they came. */
  readonly #open = new Set<BatchEntry<Item, Value>>()
  #inFlight = 0
  #flushing = 0
  #closed = false
  readonly #lingerAlarm: Alarm
  /** Rings by the earliest deadline and the earliest retry. */
  readonly #alarm: Alarm

  constructor(options: BatcherOptions<Item, Value>) {
    this.#options = options
    this.#buffer = new BatchBuffer(options)
    this.#lingerAlarm = new Alarm(options.clock, () => this.#pump())
    this.#alarm = new Alarm(options.clock, () => this.#wake())
  }

  /** Items that are not settled yet. */
  get size(): number {
    return this.#open.size
  }

  /** Resolves with the item's own answer, or rejects with its own error. */
  add(item: Item, { key, deadline, signal }: AddOptions): Promise<Value> {
    const { clock, bytes, giveUp } = this.#options
    if (this.#closed) return Promise.reject(giveUp('closed', item, false, undefined))
    if (signal?.aborted) return Promise.reject(giveUp('aborted', item, false, signal.reason))
    const entry = new BatchEntry<Item, Value>(item, bytes(item), key, clock.now(), deadline)
    if (signal) entry.onAbort(signal, () => this.#giveUp(entry, 'aborted', signal.reason))
    this.#open.add(entry)
    this.#alarm.ringBy(deadline)
    this.#buffer.add(entry)
    this.#pump(true)
    return entry.promise
  }

  /** Sends without lingering, and resolves when everything added so far is settled, one way or the other. */
  async flush(): Promise<void> {
    this.#flushing++
    this.#pump()
    await Promise.allSettled(Array.from(this.#open, (entry) => entry.promise))
    this.#flushing--
  }

  /** Takes nothing more; resolves when everything added is settled and no call is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.flush()
    await this.#calls.idle()
  }

  /** Gives up everything that is not settled, and says which items those were. */
  abandon(cause: unknown): Item[] {
    const left = Array.from(this.#open)
    this.#giveUpAll(left, 'closed', () => cause)
    return left.map((entry) => entry.item)
  }

  /** `adding`: more may be added in this very turn of the event loop, which what lingers waits for, however long the turn. */
  #pump(adding = false): void {
    const { clock, linger, maxInFlight } = this.#options
    while (this.#inFlight < maxInFlight) {
      const next = nextBatch(this.#buffer.ready, this.#options, this.#flushing > 0)
      if (!next) return
      const mayGrow = adding && next.reason === 'linger' && linger > 0
      if (mayGrow || next.at > clock.now()) return this.#lingerAlarm.ringBy(next.at)
      const batch = this.#inTime(this.#buffer.take(next.count))
      if (batch.length === 0) continue
      this.#inFlight++
      this.#calls.run(() => this.#call(batch, next.reason))
    }
  }

  /** After a block of the event loop, this comes before the alarm of a deadline: what is late by now is given up. */
  #inTime(batch: readonly BatchEntry<Item, Value>[]): BatchEntry<Item, Value>[] {
    const now = this.#options.clock.now()
    const late = batch.filter((entry) => entry.deadline <= now)
    for (const entry of late.toReversed()) this.#fail(entry, this.#gaveUp(entry, 'timeout', entry.lastError))
    return batch.filter((entry) => entry.state !== 'settled')
  }

  /** Never rejects: every way out of `send` is an answer to each entry. */
  async #call(batch: readonly BatchEntry<Item, Value>[], reason: CloseReason): Promise<void> {
    for (const entry of batch) {
      entry.state = 'in-flight'
      if (entry.attempts++ === 0) entry.firstTriedAt = this.#options.clock.now()
    }
    const answers = await this.#answers(batch, reason)
    this.#inFlight--
    const jitter = this.#options.clock.random()
    for (const [index, entry] of batch.entries()) this.#answered(entry, answers[index] ?? MISSING, jitter)
    this.#pump()
  }

  async #answers(batch: readonly BatchEntry<Item, Value>[], reason: CloseReason): Promise<readonly Attempt<Value>[]> {
    try {
      return await this.#options.send(
        batch.map((entry) => entry.item),
        reason,
      )
    } catch (error) {
      const refusal = refusalOf(error)
      return batch.map(() => refusal)
    }
  }

  /** `jitter` is that of the call: what was refused together goes again together. */
  #answered(entry: BatchEntry<Item, Value>, answer: Attempt<Value>, jitter: number): void {
    if (entry.state === 'settled') return this.#buffer.release(entry)
    if (answer.ok) {
      entry.succeed(answer.value)
      this.#forget(entry)
      return this.#buffer.release(entry)
    }
    entry.state = 'backing-off'
    entry.lastError = answer.error
    entry.unknown ||= answer.unknown
    const { backoff, clock, refused, unknownWindow } = this.#options
    if (answer.verdict === 'never' || answer.verdict === 'lost') {
      return this.#fail(entry, refused?.(entry.item, { ...answer, unknown: entry.unknown }) ?? answer.error)
    }
    if (entry.unknown && entry.key !== undefined)
      entry.deadline = Math.min(entry.deadline, entry.firstTriedAt + unknownWindow)
    const now = clock.now()
    entry.retryAt = now + backoffDelay(backoff[answer.verdict], entry.attempts, () => jitter)
    if (entry.retryAt > entry.deadline) {
      entry.retryAt = entry.deadline - LAST_TRY
      if (entry.retryAt <= now) return this.#giveUp(entry, 'timeout', answer.error)
    }
    this.#alarm.ringBy(entry.retryAt)
  }

  #wake(): void {
    const now = this.#options.clock.now()
    const open = Array.from(this.#open)
    this.#giveUpAll(
      open.filter((entry) => entry.deadline <= now),
      'timeout',
      (entry) => entry.lastError,
    )
    let next = Infinity
    for (const entry of this.#open) {
      if (entry.state === 'backing-off' && entry.retryAt <= now) this.#buffer.makeReady(entry)
      next = Math.min(next, entry.deadline, entry.state === 'backing-off' ? entry.retryAt : Infinity)
    }
    if (next < Infinity) this.#alarm.ringBy(next)
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

  #giveUp(entry: BatchEntry<Item, Value>, why: GaveUp, cause: unknown): void {
    if (entry.state === 'settled') return
    this.#fail(entry, this.#gaveUp(entry, why, cause))
    this.#pump()
  }

  #gaveUp(entry: BatchEntry<Item, Value>, why: GaveUp, cause: unknown): Error {
    return this.#options.giveUp(why, entry.item, entry.unknown || entry.state === 'in-flight', cause)
  }

  /** Fails the entry and the later ones of its key, the last first. */
  #fail(entry: BatchEntry<Item, Value>, error: Error): void {
    const followers = this.#options.keysGoOn ? [] : this.#buffer.followers(entry)
    for (const follower of followers.toReversed()) {
      this.#failOne(follower, this.#options.giveUp('group-failed', follower.item, false, error))
    }
    this.#failOne(entry, error)
  }

  #failOne(entry: BatchEntry<Item, Value>, error: Error): void {
    this.#buffer.remove(entry)
    entry.fail(error)
    this.#forget(entry)
  }

  #forget(entry: BatchEntry<Item, Value>): void {
    this.#open.delete(entry)
    if (this.#open.size > 0) return
    this.#alarm.cancel()
    this.#lingerAlarm.cancel()
  }
}

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
