import { LinkedList } from '@waybill/core'
import type { HeldDelivery } from './held-delivery.ts'
import type { Lane } from './lane.ts'

/** A hundredth of the visibility timeout, in milliseconds for each of its seconds: few spans, and little looked at too early. */
const SPAN = 10

/**
 * What is held, by when its lease ends: spans of time, each with those whose leases end in it. So a look at what is due costs
 * as much as is due, however much is held.
 */
export class HeldLeases {
  /** Milliseconds. */
  readonly #width: number
  readonly #spans = new Map<number, LinkedList<HeldDelivery>>()
  #size = 0

  /** `visibilityTimeout`: in seconds. */
  constructor(visibilityTimeout: number) {
    this.#width = visibilityTimeout * SPAN
  }

  get size(): number {
    return this.#size
  }

  add(delivery: HeldDelivery, lane: Lane): void {
    delivery.heldIn = lane
    this.#enter(delivery)
    this.#size++
  }

  delete(delivery: HeldDelivery): void {
    if (!delivery.heldIn) return
    delivery.heldIn = undefined
    this.#leave(delivery)
    this.#size--
  }

  /** Notes that a lease has another end, held or not: nobody else sets it, or what is held would not be found again. */
  extend(delivery: HeldDelivery, leaseEnds: number): void {
    if (delivery.heldIn) this.#leave(delivery)
    delivery.leaseEnds = leaseEnds
    if (delivery.heldIn) this.#enter(delivery)
  }

  clear(): void {
    for (const delivery of Array.from(this.endingBy(() => Infinity))) this.delete(delivery)
  }

  /**
   * Those whose leases end first come first, but for those of one span. Ends with the span in which `until()` is, as it is
   * then. Meanwhile none may be deleted.
   */
  *endingBy(until: () => number): Generator<HeldDelivery, void> {
    for (const at of Array.from(this.#spans.keys()).toSorted((a, b) => a - b)) {
      if (at > this.#spanOf(until())) return
      for (let link = this.#spans.get(at)?.first; link; link = link.next) yield link.value
    }
  }

  #enter(delivery: HeldDelivery): void {
    const at = this.#spanOf(delivery.leaseEnds)
    const span = this.#spans.get(at) ?? new LinkedList()
    this.#spans.set(at, span)
    span.add(delivery.leaseLink)
  }

  #leave({ leaseEnds, leaseLink }: HeldDelivery): void {
    const at = this.#spanOf(leaseEnds)
    const span = this.#spans.get(at)
    span?.remove(leaseLink)
    if (span?.size === 0) this.#spans.delete(at)
  }

  #spanOf(time: number): number {
    return Math.floor(time / this.#width)
  }
}
