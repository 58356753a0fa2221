import { Alarm, type Clock } from '@waybill/core'

/** Milliseconds. */
const EACH = 30_000

/** While the idempotency store answers nobody, one message now and then shows whether it does again. */
export class StoreProbe {
  readonly #clock: Clock
  readonly #isDown: () => boolean
  readonly #alarm: Alarm
  #last = -Infinity

  /** `onRoom` is called when the next one is due. */
  constructor(clock: Clock, isDown: () => boolean, onRoom: () => void) {
    this.#clock = clock
    this.#isDown = isDown
    this.#alarm = new Alarm(clock, onRoom)
  }

  /** How many more messages may be received. */
  get room(): number {
    if (!this.#isDown()) return Infinity
    const due = this.#last + EACH
    if (this.#clock.now() >= due) return 1
    this.#alarm.ringBy(due)
    return 0
  }

  /** A message asks for the first time. */
  asked(): void {
    this.#last = this.#clock.now()
  }

  stop(): void {
    this.#alarm.cancel()
  }
}
