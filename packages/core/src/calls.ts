import { Alarm } from './alarm.ts'
import type { BatchEntry } from './batch-entry.ts'
import type { BatcherOptions } from './batcher-options.ts'
import type { Lanes } from './lanes.ts'
import { type BatchLimits, type CloseReason, nextBatch } from './next-batch.ts'
import type { OpenEntries } from './open-entries.ts'
import type { Retries } from './retries.ts'
import { TrackedTasks } from './tracked-tasks.ts'
import { type Attempt, type Refusal, refusalOf } from './verdict.ts'

export interface CallsOptions<Item, Value>
  extends BatchLimits, Pick<BatcherOptions<Item, Value>, 'clock' | 'maxInFlight' | 'send'> {
  readonly lanes: Lanes<Item, Value>
  readonly open: OpenEntries<Item, Value>
  readonly retries: Retries<Item, Value>
}

/** Calls with the entries that are ready: one for each batch that closes, at most `maxInFlight` at once. */
export class Calls<Item, Value> {
  readonly #options: CallsOptions<Item, Value>
  readonly #lingerAlarm: Alarm
  readonly #running = new TrackedTasks(rethrow)
  #inFlight = 0
  #flushing = 0

  constructor(options: CallsOptions<Item, Value>) {
    this.#options = options
    this.#lingerAlarm = new Alarm(options.clock, () => this.pump())
  }

  /** `goesOn`: more may be added in this very turn of the event loop, which an open batch waits for, however long the turn. */
  pump(goesOn = false): void {
    const { clock, lanes, maxInFlight, open } = this.#options
    while (this.#inFlight < maxInFlight) {
      const next = nextBatch(lanes.ready, this.#options, this.#flushing > 0)
      if (!next) return
      const mayGrow = goesOn && next.reason !== 'count' && next.reason !== 'bytes'
      if (mayGrow || next.at > clock.now()) return this.#lingerAlarm.ringBy(next.at)
      if (open.failLate(lanes.head(next.count))) continue
      const batch = lanes.take(next.count)
      this.#inFlight++
      this.#running.run(() => this.#call(batch, next.reason))
    }
  }

  /** Until `settled` resolves, nothing lingers. */
  async flush(settled: Promise<unknown>): Promise<void> {
    this.#flushing++
    this.pump()
    await settled
    this.#flushing--
  }

  /** For when nothing is open: leaves no timer. */
  rest(): void {
    this.#lingerAlarm.cancel()
  }

  /** Resolves when no call is under way. */
  idle(): Promise<void> {
    return this.#running.idle()
  }

  /** Never rejects: every way out of `send` is an answer to each entry. */
  async #call(batch: readonly BatchEntry<Item, Value>[], reason: CloseReason): Promise<void> {
    const { clock, retries } = this.#options
    const now = clock.now()
    for (const entry of batch) {
      if (entry.attempts++ === 0) entry.firstTriedAt = now
    }
    const answers = await this.#answers(batch, reason)
    this.#inFlight--
    const jitter = clock.random()
    for (const [index, entry] of batch.entries()) retries.answered(entry, answers[index] ?? MISSING, jitter)
    this.pump(true)
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
}

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
