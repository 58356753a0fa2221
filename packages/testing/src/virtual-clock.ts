// Not the globals: fake timers of test runners replace them, and jsdom lacks one.
import { setImmediate, setTimeout } from 'node:timers'
import {
  checkKeys,
  type Clock,
  type Duration,
  milliseconds,
  OptionsError,
  quote,
  type Timer,
  type TurnWatch,
} from '@waybill/core'
import { checkFunction } from './check-options.ts'
import { type Random, randomOf } from './random.ts'
import { settled } from './settled.ts'
import { TestingError } from './testing-error.ts'
import { TimerQueue } from './timer-queue.ts'

/** After a block, what has lain there since is read within this time. */
const TURN = 250
/** How many turns of the event loop something may take that needs no time. */
const TURNS = 3

export interface VirtualClockOptions {
  /**
   * Time moves on to the next timer by itself, each real millisecond: a second of real work is hours on this clock.
   * Default: false, time stands still but for `advance`, `until` and `start`.
   */
  readonly auto?: boolean | undefined
  /** What `random` follows from: a whole number. Default: 1. */
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
  readonly #timers = new TimerQueue()
  /** From 0 to below 1, for jitter: the same numbers for the same seed. */
  readonly random: Random
  #now = 0
  readonly #watches = new Set<TurnWatch>()
  /** The last `freeze`. */
  #block = { from: 0, until: -Infinity }
  /** How many `advance` and `until` are under way: then time does not move by itself. */
  #led = 0
  #auto: 'off' | 'on' | 'moving'
  #background = false

  /** @throws {OptionsError} when an option can't be used. */
  constructor(options: VirtualClockOptions = {}) {
    checkKeys(options, ['auto', 'seed'], 'VirtualClock')
    const { auto = false, seed = 1 } = options
    if (typeof auto !== 'boolean') throw new OptionsError(`auto: ${quote(auto)} is not a boolean. Write true or false.`)
    this.random = randomOf(seed, 'clock')
    this.#auto = auto ? 'on' : 'off'
  }

  /** How many timers have neither rung nor been cancelled, and how many watches have not been stopped. */
  get timers(): number {
    return this.#timers.waiting + this.#watches.size
  }

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now
  }

  /** Milliseconds since 1970: every clock begins with the year 2030. */
  epoch(): number {
    return Date.UTC(2030, 0) + this.#now
  }

  after(ms: number, run: () => void): Timer {
    checkFunction('after', run, '() => ring()')
    // what is no time is none, as with Node's timers
    const timer = this.#timers.add(this.#now + (ms > 0 ? ms : 0), run)
    this.#wait()
    return timer
  }

  /**
   * Lets so much time pass: rings what is due, in order, and lets promises settle before, between and after. Rejects with
   * what a timer throws, and stays at its time.
   */
  async advance(time: Duration): Promise<void> {
    const end = this.#now + milliseconds(time, 'advance', 'ms')
    await this.#lead(end)
    this.#now = Math.max(this.#now, end)
  }

  /**
   * Lets time pass until the promise settles, timer by timer, and gives what it gives.
   *
   * @throws {TestingError} `not-settled` when it is not settled `within` (default: `1h`) or no timer is left that could.
   */
  async until<Value>(
    promise: PromiseLike<Value>,
    options: { readonly within?: Duration | undefined } = {},
  ): Promise<Value> {
    checkKeys(options, ['within'], 'until')
    const { within = '1h' } = options
    const end = this.#now + milliseconds(within, 'within')
    if (!isThenable(promise))
      throw new OptionsError(`until: ${quote(promise)} is not a promise. Write clock.until(consumer.stop()) or so.`)
    const awaited = Promise.resolve(promise)
    let open = true
    const close = () => void (open = false)
    awaited.then(close, close)
    await this.#lead(end, () => open)
    if (!open) return awaited
    if (this.#timers.nextAt < Infinity) this.#now = Math.max(this.#now, end)
    const why = this.#timers.nextAt < Infinity ? `${within} have passed` : 'no timer is left that could settle it'
    throw new TestingError('not-settled', `clock.until: the promise is not settled, and ${why}.`)
  }

  /** Lets time pass in which nothing rings: a blocked event loop, a stopped process. What was due rings afterwards. */
  freeze(time: Duration): void {
    const from = this.#earliest
    this.#now += milliseconds(time, 'freeze', 'ms')
    this.#block = { from, until: this.#now }
  }

  /** Needs no ticks, which would make long times long: only `freeze` blocks this clock. */
  watchTurns(): TurnWatch {
    const earliest = () => this.#earliest
    const watch = {
      get earliest() {
        return earliest()
      },
      stop: () => void this.#watches.delete(watch),
    }
    this.#watches.add(watch)
    return watch
  }

  get #earliest(): number {
    const { from, until } = this.#block
    return this.#now - until < TURN ? from : this.#now
  }

  /** From now on time moves by itself, as with `auto`: at the end of a test, for consumers to stop. */
  start(): void {
    if (this.#auto === 'off') this.#auto = 'on'
    this.#wait()
  }

  /**
   * Starts when what it gives is disposed of. Declared behind them, it lets `await using` stop consumers and close
   * producers, however the test ends.
   *
   * @example
   * await using consumer = createConsumer(aws, receipts, { handlers })
   * using _ = clock.startAtEnd()
   */
  startAtEnd(): Disposable {
    return { [Symbol.dispose]: () => this.start() }
  }

  /** Time does not move by itself any more. Says whether it did. */
  stop(): boolean {
    const moved = this.#auto !== 'off'
    this.#auto = 'off'
    return moved
  }

  /** From its next timer on, time that moves by itself keeps no process alive. */
  unref(): void {
    this.#background = true
  }

  async #lead(end: number, isOpen?: () => boolean): Promise<void> {
    const goesOn = isOpen ?? (() => true)
    this.#led++
    try {
      await settled()
      while (goesOn() && this.#timers.nextAt <= end) {
        this.#ring()
        await settled()
      }
      // what needs some more turns, but no time
      for (let turn = 0; isOpen?.() && turn < TURNS; turn++) await settled()
    } finally {
      this.#led--
      this.#wait()
    }
  }

  /** Moves on a real millisecond later, so that what the real world has answered comes first. */
  #wait(): void {
    if (this.#auto !== 'on' || this.#led > 0 || this.#timers.nextAt === Infinity) return
    this.#auto = 'moving'
    const step = setTimeout(() => this.#moveOn(this.#timers.nextAt), 1)
    if (this.#background) step.unref()
  }

  /** Rings all of that time, so that a crowd of timers takes no longer than one. */
  #moveOn(at: number): void {
    if (this.#auto === 'off') return
    if (this.#led > 0 || this.#timers.nextAt !== at || at === Infinity) {
      this.#auto = 'on'
      this.#wait()
      return
    }
    // before ringing: a timer that throws does not stop the others
    setImmediate(() => this.#moveOn(at))
    this.#ring()
  }

  #ring(): void {
    this.#now = Math.max(this.#now, this.#timers.nextAt)
    this.#timers.take()?.()
  }
}

const isThenable = (value: unknown) =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
