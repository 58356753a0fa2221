import type { HeldDelivery } from './held-delivery.ts'
import type { Lane } from './lane.ts'

/** A hundredth of the visibility timeout, in milliseconds for each of its seconds: few spans, and little looked at too early. */
const SPAN = 10

/**
 * What is held, with its lane, by when its lease ends: spans of time, each with those whose leases end in it. So a look at
 * what is due costs as much as is due, however much is held.
 */
export class HeldLeases {
  /** Milliseconds. */
  readonly #width: number
  readonly #spans = new Map<number, Map<HeldDelivery, Lane>>()
  #size = 0

  /** `visibilityTimeout`: in seconds. */
  constructor(visibilityTimeout: number) {
    this.#width = visibilityTimeout * SPAN
  }

  get size(): number {
    return this.#size
  }

  laneOf(delivery: HeldDelivery): Lane | undefined {
    return this.#spans.get(this.#spanOf(delivery.leaseEnds))?.get(delivery)
  }

  add(delivery: HeldDelivery, lane: Lane): void {
    const at = this.#spanOf(delivery.leaseEnds)
    const span = this.#spans.get(at)
    if (span) span.set(delivery, lane)
    else this.#spans.set(at, new Map([[delivery, lane]]))
    this.#size++
  }

  delete(delivery: HeldDelivery): void {
    const at = this.#spanOf(delivery.leaseEnds)
    const span = this.#spans.get(at)
    if (!span?.delete(delivery)) return
    this.#size--
    if (span.size === 0) this.#spans.delete(at)
  }

  /** Notes that a lease has another end, held or not: nobody else sets it, or what is held would not be found again. */
  extend(delivery: HeldDelivery, leaseEnds: number): void {
    const lane = this.laneOf(delivery)
    if (lane) this.delete(delivery)
    delivery.leaseEnds = leaseEnds
    if (lane) this.add(delivery, lane)
  }

  clear(): void {
    this.#spans.clear()
    this.#size = 0
  }

  /** Those whose leases end first come first, but for those of one span. Ends with the span in which `until()` is, as it is then. */
  *endingBy(until: () => number): Generator<readonly [HeldDelivery, Lane], void> {
    for (const at of Array.from(this.#spans.keys()).toSorted((a, b) => a - b)) {
      if (at > this.#spanOf(until())) return
      yield* this.#spans.get(at) ?? []
    }
  }

  #spanOf(time: number): number {
    return Math.floor(time / this.#width)
  }
}
