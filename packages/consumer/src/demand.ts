import { BATCH_ENTRIES } from '@waybill/sqs'

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

/** Milliseconds. Those that wait may have lost their connections: so long do they keep back one more, the next for twice as long. */
const PATIENCE = { first: 1_000, most: 16_000 }
/** So many times longer than answers must handlers take, before one poll goes ahead: what the others lose by it is a hundredth. */
const SLOW = 20

/**
 * When to poll, for how many messages, and with how many polls at once: free slots pull. One poll while idle; one more after a
 * full answer; one fewer than were open after a wait for nothing; one fewer after an empty answer, or two in a row under half (SQS may return fewer than it has). When slow
 * handlers have filled all slots, one goes ahead, and the others follow its answer: at an empty queue, one is enough.
 */
export class Demand {
  readonly #options: DemandOptions
  #open = 0
  /** What the open polls have asked for. */
  #reserved = 0
  #allowed = 1
  #lean = 0
  #partialSince: number | undefined
  /** How many may be open since the first of them went ahead; beyond that, one more at the time `#oneMoreAt` on the clock. */
  #following = 1
  #oneMoreAt = 0
  #patience = PATIENCE.first
  /** Milliseconds that an answer of half or more takes, about; 0 while unknown. */
  #pace = 0

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
      if (this.#open === 0) this.#following = 1
      return NO_ROOM
    }
    if (max < Math.min(BATCH_ENTRIES, capacity)) {
      // A few more slots may be free in a moment, when quick handlers end one after another: one receive for all of them.
      this.#partialSince ??= now
      const at = this.#partialSince + Math.min(50, Math.max(1, meanHandlerTime() / 10))
      if (now < at) return { kind: 'later', at }
    }
    const isSlow = this.#pace > 0 && meanHandlerTime() > SLOW * this.#pace
    if (isSlow && this.#open >= this.#following && now < this.#oneMoreAt) return { kind: 'later', at: this.#oneMoreAt }
    this.#partialSince = undefined
    return { kind: 'poll', max }
  }

  opened(max: number, now: number): void {
    const isFirst = this.#open === 0
    if (isFirst || now >= this.#oneMoreAt) {
      this.#patience = isFirst ? PATIENCE.first : Math.min(2 * this.#patience, PATIENCE.most)
      this.#oneMoreAt = now + this.#patience
    }
    this.#open++
    this.#reserved += max
  }

  /** SQS has answered with `got` of the `asked`, after `ms`. */
  answered(got: number, asked: number, ms: number): void {
    this.#lean = got < asked / 2 ? this.#lean + 1 : 0
    if (this.#lean === 0) {
      this.#following = 2 * this.#open
      // Or it has waited for its messages: the pace at most doubles.
      this.#pace = this.#pace > 0 ? (this.#pace + Math.min(ms, 3 * this.#pace)) / 2 : ms
    }
    if (got === asked) this.#allowed = Math.min(this.#allowed + 1, this.#options.maxPolls)
    else if (got === 0 && ms >= PATIENCE.first) this.#allowed = Math.max(1, Math.min(this.#allowed, this.#open) - 1)
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
