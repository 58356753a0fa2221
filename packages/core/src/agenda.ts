import { Alarm } from './alarm.ts'
import type { Clock } from './clock.ts'

/** Looking at a thousand elements each millisecond costs next to nothing. */
const LOOKS_PER_MS = 1_000

/**
 * Elements with a time each, and one timer for them all. A crowd of many thousands is told a little late, so that looking
 * through it for who is due never takes much of the process's time.
 */
export class Agenda<T> implements Iterable<T> {
  readonly #clock: Clock
  readonly #timeOf: (element: T) => number
  readonly #onDue: (due: readonly T[]) => void
  readonly #elements = new Set<T>()
  readonly #alarm: Alarm
  #notBefore = -Infinity

  /** `timeOf`: on the clock, in milliseconds. `onDue` gets those whose time has come, in the order they were added. */
  constructor(clock: Clock, timeOf: (element: T) => number, onDue: (due: readonly T[]) => void) {
    this.#clock = clock
    this.#timeOf = timeOf
    this.#onDue = onDue
    this.#alarm = new Alarm(clock, () => this.#ring())
  }

  get size(): number {
    return this.#elements.size
  }

  /** Adds an element, or notes that the time of one that is here has come closer. */
  add(element: T): void {
    this.#elements.add(element)
    this.#ringBy(this.#timeOf(element))
  }

  delete(element: T): void {
    this.#elements.delete(element)
    if (this.#elements.size === 0) this.#alarm.cancel()
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#elements.values()
  }

  #ring(): void {
    const now = this.#clock.now()
    const due: T[] = []
    let next = Infinity
    for (const element of this.#elements) {
      const at = this.#timeOf(element)
      if (at <= now) due.push(element)
      else next = Math.min(next, at)
    }
    this.#notBefore = now + Math.floor(this.#elements.size / LOOKS_PER_MS)
    this.#ringBy(next)
    this.#onDue(due)
  }

  #ringBy(at: number): void {
    if (at < Infinity) this.#alarm.ringBy(Math.max(at, this.#notBefore))
  }
}
