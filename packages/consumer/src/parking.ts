import { type Clock, sleep } from '@waybill/core'
import type { Lane } from './lane.ts'

interface Parked {
  readonly lane: Lane
  readonly cut: AbortController
}

/**
 * FIFO lanes whose head has failed and waits for its back-off: they keep their leases, so that order holds and no
 * follower burns a receive, and take no slot. Bounded: the oldest lane is cut short when there are too many deliveries.
 */
export class Parking {
  readonly #clock: Clock
  readonly #bound: number
  readonly #parked = new Set<Parked>()
  #deliveries = 0
  #closed = false

  constructor(clock: Clock, bound: number) {
    this.#clock = clock
    this.#bound = bound
  }

  /** Resolves with the milliseconds that are left of the wait: 0 when it was waited out. */
  async wait(lane: Lane, ms: number): Promise<number> {
    if (this.#closed) return ms
    const until = this.#clock.now() + ms
    const parked: Parked = { lane, cut: new AbortController() }
    this.#parked.add(parked)
    this.#deliveries += lane.deliveries.length
    for (const oldest of this.#parked) {
      if (this.#deliveries <= this.#bound) break
      this.#leave(oldest)
    }
    await sleep(this.#clock, ms, parked.cut.signal)
    this.#leave(parked)
    return Math.max(0, until - this.#clock.now())
  }

  /** Cuts every wait short, the later ones too. */
  close(): void {
    this.#closed = true
    for (const parked of this.#parked) this.#leave(parked)
  }

  #leave(parked: Parked): void {
    if (!this.#parked.delete(parked)) return
    this.#deliveries -= parked.lane.deliveries.length
    parked.cut.abort()
  }
}
