import { BATCH_ENTRIES } from '@waybill/sqs'
import { Vanguard } from './vanguard.ts'

export interface DemandOptions {
  /** Deliveries (standard) or lanes (FIFO) that may wait or run at once. */
  readonly capacity: number
  /** Polls that may be open at once. */
  readonly maxPolls: number
  /** How many more may be taken, polls under way not counted. */
  readonly free: () => number
  /** Mean handler time in milliseconds, 0 while unknown. */
  readonly meanHandlerTime: () => number
}

/** `poll` for so many; look again at the time `at`; or wait to be told of room. */
export type Decision =
  | { readonly kind: 'poll'; readonly max: number }
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'no-room' }

const NO_ROOM: Decision = { kind: 'no-room' }

/** Milliseconds that a poll must have waited in vain, for fewer to be enough than were open. */
const LONG_WAIT = 1_000

/**
 * When to poll, for how many messages, and with how many polls at once: free slots pull. One poll while idle; one more after a
 * full answer; one fewer than were open after a wait for nothing; one fewer after an empty answer, or two in a row under half
 * (SQS may return fewer than it has). Slow handlers let one go ahead.
 */
export class Demand {
  readonly #options: DemandOptions
  #open = 0
  /** What the open polls have asked for. */
  #reserved = 0
  #allowed = 1
  #lean = 0
  #partialSince: number | undefined
  readonly #vanguard = new Vanguard()

  constructor(options: DemandOptions) {
    this.#options = options
  }

  /** Polls that are open. */
  get open(): number {
    return this.#open
  }

  /** Whether as many polls are open as may be. */
  get isFull(): boolean {
    return this.#open >= this.#allowed
  }

  /** For how many messages there is room beside what the open polls may bring. */
  get room(): number {
    return this.#options.free() - this.#reserved
  }

  /** `now` is on the clock. */
  decide(now: number): Decision {
    const { capacity, meanHandlerTime } = this.#options
    if (this.isFull) return NO_ROOM
    const max = Math.min(BATCH_ENTRIES, this.room)
    if (max <= 0) {
      if (this.#open === 0) this.#vanguard.lull()
      return NO_ROOM
    }
    if (max < Math.min(BATCH_ENTRIES, capacity)) {
      // A few more slots may be free in a moment, when quick handlers end one after another: one receive for all of them.
      this.#partialSince ??= now
      const at = this.#partialSince + Math.min(50, Math.max(1, meanHandlerTime() / 10))
      if (now < at) return { kind: 'later', at }
    }
    const at = this.#vanguard.keepsBackUntil(this.#open, meanHandlerTime(), now)
    if (at !== undefined) return { kind: 'later', at }
    this.#partialSince = undefined
    return { kind: 'poll', max }
  }

  opened(max: number, now: number): void {
    this.#vanguard.opened(this.#open === 0, now)
    this.#open++
    this.#reserved += max
  }

  /** SQS has answered with `got` of the `asked`, after `ms`. */
  answered(got: number, asked: number, ms: number): void {
    this.#lean = got < asked / 2 ? this.#lean + 1 : 0
    if (this.#lean === 0) this.#vanguard.answered(this.#open, ms)
    if (got === asked) this.#allowed = Math.min(this.#allowed + 1, this.#options.maxPolls)
    else if (got === 0 && ms >= LONG_WAIT) this.#allowed = Math.max(1, Math.min(this.#allowed, this.#open) - 1)
    else if (got === 0 || this.#lean >= 2) this.#allowed = Math.max(1, this.#allowed - 1)
  }

  /** SQS does not answer, and one poll is enough to hear when it does. */
  narrow(): void {
    this.#allowed = 1
  }

  /** A poll has ended, one way or the other, and what it brought counts elsewhere. */
  closed(max: number): void {
    this.#open--
    this.#reserved -= max
  }
}
