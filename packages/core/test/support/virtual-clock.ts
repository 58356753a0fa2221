import type { Clock, Timer } from '@waybill/core'

interface Pending extends Timer {
  readonly at: number
  readonly run: () => void
}

/** Time that passes only when told to. */
export class VirtualClock implements Clock {
  #now = 0
  readonly #timers = new Set<Pending>()

  /** Timers that have neither rung nor been cancelled. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  epoch(): number {
    return Date.UTC(2030, 0) + this.#now
  }

  after(ms: number, run: () => void): Timer {
    const timer: Pending = { at: this.#now + ms, run, cancel: () => void this.#timers.delete(timer) }
    this.#timers.add(timer)
    return timer
  }

  /** Lets `ms` pass: rings what is due in order, and lets promises settle before, between and after. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
      await settled()
    }
    this.#now = end
  }

  /** Lets `ms` pass in which nothing rings: a blocked loop, a stopped process. What was due rings at the next `advance`. */
  freeze(ms: number): void {
    this.#now += ms
  }

  #next(end: number): Pending | undefined {
    let next: Pending | undefined
    for (const timer of this.#timers) if (timer.at <= end && (!next || timer.at < next.at)) next = timer
    return next
  }
}

/** Every promise that can settle by itself has settled by the next turn of the event loop. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
