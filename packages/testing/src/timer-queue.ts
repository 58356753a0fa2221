import type { Timer } from '@waybill/core'
import TinyQueue from 'tinyqueue'

interface Pending extends Timer {
  readonly at: number
  /** Timers of one time ring in the order in which they were set. */
  readonly order: number
  readonly run: () => void
  state: 'waiting' | 'over'
}

const earliest = (a: Pending, b: Pending) => a.at - b.at || a.order - b.order

/** Timers in the order in which they ring. */
export class TimerQueue {
  /** What was cancelled stays for a while. */
  #queue = new TinyQueue<Pending>([], earliest)
  #order = 0
  #waiting = 0

  /** How many have neither been taken nor cancelled. */
  get waiting(): number {
    return this.#waiting
  }

  /** When the first is due. Infinity: none, or one that never rings. */
  get nextAt(): number {
    while (this.#queue.peek()?.state === 'over') this.#queue.pop()
    return this.#queue.peek()?.at ?? Infinity
  }

  add(at: number, run: () => void): Timer {
    const timer: Pending = { at, order: this.#order++, run, state: 'waiting', cancel: () => this.#cancel(timer) }
    this.#waiting++
    this.#queue.push(timer)
    return timer
  }

  /** Takes the first that is due at `nextAt`. */
  take(): (() => void) | undefined {
    const timer = this.nextAt < Infinity ? this.#queue.pop() : undefined
    if (timer) this.#end(timer)
    return timer?.run
  }

  #cancel(timer: Pending): void {
    if (timer.state === 'over') return
    this.#end(timer)
    // most timers are cancelled long before they are due: they must not pile up until then
    if (this.#queue.length < 2 * this.#waiting + 100) return
    const waiting = this.#queue.data.filter(({ state }) => state === 'waiting')
    this.#queue = new TinyQueue(waiting, earliest)
  }

  #end(timer: Pending): void {
    timer.state = 'over'
    this.#waiting--
  }
}
