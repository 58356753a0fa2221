import { Alarm, type Clock } from '@waybill/core'

/** How far ahead demand may count on starts that the limit does not allow yet, in milliseconds. */
const AHEAD = 1_000
/** The most that a consumer's concurrency may be: more is never asked for. */
const CONSUMERS_MOST = 1_000

interface Waiting {
  readonly count: number
  readonly tell: (mayStart: boolean) => void
}

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
  readonly #waiting: Waiting[] = []
  /** The starts that those wait for. */
  #wanted = 0
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
    const taken = this.#wanted
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

  /** Resolves when so many may start together, at most the maximum; with false when the limit was closed first. */
  async take(count = 1): Promise<boolean> {
    const now = this.#clock.now()
    if (!this.#paused && this.#waiting.length === 0 && this.#freeAt(count - 1) <= now) {
      this.#start(count, now)
      return true
    }
    return new Promise((tell) => {
      this.#waiting.push({ count, tell })
      this.#wanted += count
      this.#ringForFirst()
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
    this.#wanted = 0
    for (const { tell } of this.#waiting.splice(0)) tell(false)
  }

  /** When the start after so many others may be, on the clock. */
  #freeAt(others: number): number {
    return (this.#starts[(this.#next + others) % this.#max] ?? -Infinity) + this.#per
  }

  #start(count: number, now: number): void {
    for (let n = 0; n < count; n++) {
      this.#starts[this.#next] = now
      this.#next = (this.#next + 1) % this.#max
    }
  }

  #startDue(): void {
    const now = this.#clock.now()
    for (let [first] = this.#waiting; first && this.#freeAt(first.count - 1) <= now; [first] = this.#waiting) {
      this.#start(first.count, now)
      this.#waiting.shift()
      this.#wanted -= first.count
      first.tell(true)
    }
    this.#ringForFirst()
    this.#onRoom()
  }

  #ringForFirst(): void {
    const [first] = this.#waiting
    if (first && !this.#paused) this.#turn.ringBy(this.#freeAt(first.count - 1))
  }
}
