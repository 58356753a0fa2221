import type { Clock, Timer } from '@waybill/core'

const TICK = 250

/** Notices when the event loop is blocked or the process stopped, between `start` and `stop`: by a tick, which then comes late. */
export class TurnWatch {
  readonly #clock: Clock
  #last = 0
  #beforeLast = 0
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(): void {
    this.#last = this.#clock.now()
    this.#tick()
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /**
   * What is read only now was not there yet at this time, on the clock. Not the last tick's: after a block, timers ring
   * before sockets are read. Between the last two ticks sockets were read.
   */
  get earliest(): number {
    return this.#beforeLast
  }

  #tick(): void {
    this.#beforeLast = this.#last
    this.#last = this.#clock.now()
    this.#timer = this.#clock.after(TICK, () => this.#tick())
  }
}
