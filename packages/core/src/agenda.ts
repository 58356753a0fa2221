import { Alarm } from './alarm.ts'
import type { Clock } from './clock.ts'
import { type Link, LinkedList } from './linked-list.ts'

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
  readonly #elements = new LinkedList<T>()
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

  /** Returns its place, to delete it by. */
  add(element: T): Link<T> {
    this.hasten(element)
    return this.#elements.push(element)
  }

  /** The time of an element that is here has come closer. */
  hasten(element: T): void {
    this.#ringBy(this.#timeOf(element))
  }

  delete(link: Link<T>): void {
    this.#elements.remove(link)
    if (this.#elements.size === 0) this.#alarm.cancel()
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#elements[Symbol.iterator]()
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
