import type { Clock, Timer } from './clock.ts'

/** One timer for many times: rings once, at the earliest that was asked for since it last rang. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #set: { readonly at: number; readonly timer: Timer } | undefined

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** `at` is on the clock, in milliseconds; a time that is past rings on the next turn. */
  ringBy(at: number): void {
    if (this.#set && this.#set.at <= at) return
    this.cancel()
    const timer = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#set = undefined
      this.#ring()
    })
    this.#set = { at, timer }
  }

  cancel(): void {
    this.#set?.timer.cancel()
    this.#set = undefined
  }
}
