/** Where a clock reads the time, in milliseconds. */
export interface TimeSources {
  /** Since some start, never going back. May stand still while the machine is suspended. */
  readonly monotonic: () => number
  /** Since 1970. May be set. */
  readonly wall: () => number
}

/** By how much the wall clock has to run ahead between two looks. */
const JUMP = 1_000

/** What has passed by the monotonic clock, and what it has missed: jumps ahead of the wall clock. */
export class PassedTime {
  readonly #sources: TimeSources
  /** The wall clock's lead at the last look. */
  #lead: number
  #missed = 0
  #jumpedAt = -Infinity

  constructor(sources: TimeSources) {
    this.#sources = sources
    this.#lead = sources.wall() - sources.monotonic()
  }

  /** When the last jump was noticed. */
  get jumpedAt(): number {
    return this.#jumpedAt
  }

  now(): number {
    const { monotonic, wall } = this.#sources
    const passed = monotonic()
    const lead = wall() - passed
    const ahead = lead - this.#lead
    // from look to look: what a clock is corrected by, bit by bit, never adds up to a jump
    this.#lead = lead
    if (ahead > JUMP) {
      this.#missed += ahead
      this.#jumpedAt = passed + this.#missed
    }
    return passed + this.#missed
  }
}
