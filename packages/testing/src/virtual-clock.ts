import { type Clock, type Duration, milliseconds, type Timer } from '@waybill/core'
import TinyQueue from 'tinyqueue'
import { type Random, randomOf } from './random.ts'
import { TestingError } from './testing-error.ts'

interface Pending extends Timer {
  readonly at: number
  /** Timers of one time ring in the order in which they were set. */
  readonly order: number
  readonly run: () => void
  state: 'waiting' | 'over'
}

export interface VirtualClockOptions {
  /**
   * Time moves on to the next timer by itself whenever this process has had nothing to do for a millisecond. Default:
   * false, time stands still but for `advance` and `until`.
   */
  readonly auto?: boolean | undefined
  /** What `random` follows from. Default: 1. */
  readonly seed?: number | undefined
}

/**
 * Time that passes only when told to, so that hours take milliseconds and every run is the same.
 *
 * Promises settle between two timers as far as they can by themselves. What waits for the real world, a file or a socket,
 * is not waited for: give such code a real clock.
 *
 * @example
 * const clock = new VirtualClock()
 * const aws = simulate({ clock })
 * await clock.advance('12h')
 */
export class VirtualClock implements Clock {
  readonly #pending = new TinyQueue<Pending>([], (a, b) => a.at - b.at || a.order - b.order)
  /** From 0 to below 1, for jitter: the same numbers for the same seed. */
  readonly random: Random
  #now = 0
  #order = 0
  #timers = 0
  /** How many `advance` and `until` are under way: then time does not move by itself. */
  #led = 0
  #auto: 'off' | 'on' | { readonly idle: NodeJS.Timeout }

  constructor({ auto = false, seed = 1 }: VirtualClockOptions = {}) {
    this.random = randomOf(seed)
    this.#auto = auto ? 'on' : 'off'
  }

  /** Timers that have neither rung nor been cancelled. */
  get timers(): number {
    return this.#timers
  }

  now(): number {
    return this.#now
  }

  epoch(): number {
    return Date.UTC(2030, 0) + this.#now
  }

  after(ms: number, run: () => void): Timer {
    const timer: Pending = {
      at: this.#now + Math.max(0, ms),
      order: this.#order++,
      run,
      state: 'waiting',
      cancel: () => this.#end(timer),
    }
    this.#timers++
    this.#pending.push(timer)
    this.#wait()
    return timer
  }

  /** Lets so much time pass: rings what is due, in order, and lets promises settle before, between and after. */
  async advance(time: Duration): Promise<void> {
    const end = this.#now + milliseconds(time, 'advance')
    await this.#lead(async () => {
      await settled()
      while ((this.#next()?.at ?? Infinity) <= end) {
        this.#ring()
        await settled()
      }
      this.#now = Math.max(this.#now, end)
    })
  }

  /**
   * Lets time pass until the promise settles, timer by timer, and gives what it gives.
   *
   * @throws {TestingError} `not-settled` when it is not settled `within` (default: `1h`) or no timer is left that could.
   */
  async until<Value>(promise: Promise<Value>, { within = '1h' }: { within?: Duration } = {}): Promise<Value> {
    const end = this.#now + milliseconds(within, 'within')
    let open = true
    const close = () => void (open = false)
    promise.then(close, close)
    await this.#lead(async () => {
      await settled()
      while (open && (this.#next()?.at ?? Infinity) <= end) {
        this.#ring()
        await settled()
      }
    })
    if (!open) return promise
    const why = this.#timers === 0 ? 'no timer is left that could settle it' : `${within} have passed`
    throw new TestingError('not-settled', `clock.until: the promise is not settled, and ${why}.`)
  }

  /** Lets time pass in which nothing rings: a blocked event loop, a stopped process. What was due rings afterwards. */
  freeze(time: Duration): void {
    this.#now += milliseconds(time, 'freeze')
  }

  /** Time does not move by itself any more. */
  stop(): void {
    if (typeof this.#auto === 'object') clearTimeout(this.#auto.idle)
    this.#auto = 'off'
  }

  async #lead(run: () => Promise<void>): Promise<void> {
    this.#led++
    try {
      await run()
    } finally {
      this.#led--
      this.#wait()
    }
  }

  /** Moves on when the process is idle: a real millisecond later, so that what the real world has answered comes first. */
  #wait(): void {
    if (this.#auto !== 'on' || this.#timers === 0 || this.#led > 0) return
    const idle = setTimeout(() => {
      if (this.#auto === 'off') return
      this.#auto = 'on'
      const next = this.#led > 0 ? undefined : this.#next()
      // all of one time, so that a crowd of timers takes no longer than one
      if (next) while (this.#next()?.at === next.at) this.#ring()
      this.#wait()
    }, 1)
    this.#auto = { idle }
  }

  #next(): Pending | undefined {
    while (this.#pending.peek()?.state === 'over') this.#pending.pop()
    return this.#pending.peek()
  }

  #ring(): void {
    const timer = this.#next()
    if (!timer) return
    this.#pending.pop()
    this.#end(timer)
    this.#now = Math.max(this.#now, timer.at)
    timer.run()
  }

  #end(timer: Pending): void {
    if (timer.state === 'over') return
    timer.state = 'over'
    this.#timers--
  }
}

/** Every promise that can settle by itself has settled by the next turn of the event loop. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
