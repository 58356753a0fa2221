import { Alarm, type Clock } from '@waybill/core'

/** How far ahead demand may count on starts that the limit does not allow yet, in milliseconds. */
const AHEAD = 1_000
/** The most that a consumer's concurrency may be: more is never asked for. */
const CONSUMERS_MOST = 1_000

/**
 * At most `max` starts in any `per` milliseconds. Own code, since p-queue counts by the wall clock, and demand has to know what
 * is left.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #max: number
  readonly #per: number
  readonly #onRoom: () => void
  /** When the last `max` starts were, on the clock; `#next` is the place of the oldest. */
  readonly #starts: Float64Array
  #next = 0
  readonly #waiting: ((mayStart: boolean) => void)[] = []
  readonly #turn: Alarm
  readonly #room: Alarm
  #paused = false

  /** `onRoom` is called when more may be received. */
  constructor(clock: Clock, max: number, per: number, onRoom: () => void) {
    this.#clock = clock
    this.#max = max
    this.#per = per
    this.#onRoom = onRoom
    this.#starts = new Float64Array(max).fill(-Infinity)
    this.#turn = new Alarm(clock, () => this.#startDue())
    this.#room = new Alarm(clock, () => this.#onRoom())
  }

  /**
   * How many more may be received to start within a second. What is too few for a receive counts as none: a slow rate would
   * cost a request a message. `onRoom` is called when there is more.
   */
  get room(): number {
    const soon = this.#clock.now() + AHEAD
    // Those that wait take the first starts to come.
    const taken = this.#waiting.length
    const enough = Math.min(10, this.#max, Math.ceil((this.#max * AHEAD) / this.#per / 2))
    if (taken + enough > this.#max) return 0
    const enoughAt = this.#freeAt(taken + enough - 1)
    if (enoughAt > soon) {
      this.#room.ringBy(enoughAt - AHEAD)
      return 0
    }
    let room = Math.min(this.#max - taken, CONSUMERS_MOST)
    while (this.#freeAt(taken + room - 1) > soon) room--
    return room
  }

  /** Resolves at its turn; with false when the limit was closed first. */
  async take(): Promise<boolean> {
    const now = this.#clock.now()
    if (!this.#paused && this.#waiting.length === 0 && this.#freeAt(0) <= now) {
      this.#start(now)
      return true
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (!this.#paused) this.#turn.ringBy(this.#freeAt(0))
    })
  }

  /** No turn comes until `resume`. */
  pause(): void {
    this.#paused = true
    this.#turn.cancel()
  }

  resume(): void {
    this.#paused = false
    this.#startDue()
  }

  /** What waits is told that there will be no turn. */
  giveUp(): void {
    this.#turn.cancel()
    this.#room.cancel()
    for (const tell of this.#waiting.splice(0)) tell(false)
  }

  /** When the start after so many others may be, on the clock. */
  #freeAt(others: number): number {
    return (this.#starts[(this.#next + others) % this.#max] ?? -Infinity) + this.#per
  }

  #start(now: number): void {
    this.#starts[this.#next] = now
    this.#next = (this.#next + 1) % this.#max
  }

  #startDue(): void {
    const now = this.#clock.now()
    while (this.#waiting.length > 0 && this.#freeAt(0) <= now) {
      this.#start(now)
      this.#waiting.shift()?.(true)
    }
    if (this.#waiting.length > 0) this.#turn.ringBy(this.#freeAt(0))
    this.#onRoom()
  }
}
