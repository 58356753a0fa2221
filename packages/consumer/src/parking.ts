import { type Clock, sleep } from '@waybill/core'
import type { Lane } from './lane.ts'

interface Wait {
  readonly cut: AbortController
  readonly deliveries: number
}

/**
 * FIFO lanes whose head has failed and waits for its back-off: they keep their leases, so that order holds and no
 * follower burns a receive, and take no slot. Bounded: the oldest lane is cut short when there are too many deliveries.
 */
export class Parking {
  readonly #clock: Clock
  readonly #bound: number
  /** The oldest first; an abort ends the wait. */
  readonly #parked = new Map<Lane, Wait>()
  #deliveries = 0
  #closed = false

  constructor(clock: Clock, bound: number) {
    this.#clock = clock
    this.#bound = bound
  }

  /** How many are parked: heads, and those behind them. */
  get deliveries(): number {
    return this.#deliveries
  }

  /** Resolves with the milliseconds that are left of the wait: 0 when it was waited out. */
  async wait(lane: Lane, ms: number): Promise<number> {
    if (this.#closed) return ms
    const until = this.#clock.now() + ms
    const cut = new AbortController()
    const deliveries = lane.deliveries.filter(({ state }) => state === 'waiting').length
    this.#parked.set(lane, { cut, deliveries })
    this.#deliveries += deliveries
    for (const oldest of this.#parked.keys()) {
      if (this.#deliveries <= this.#bound) break
      this.leave(oldest)
    }
    await sleep(this.#clock, ms, cut.signal)
    this.leave(lane)
    return Math.max(0, until - this.#clock.now())
  }

  /** Cuts the wait of one lane short. False when it does not wait. */
  leave(lane: Lane): boolean {
    const wait = this.#parked.get(lane)
    if (!wait) return false
    this.#parked.delete(lane)
    this.#deliveries -= wait.deliveries
    wait.cut.abort()
    return true
  }

  /** Cuts every wait short. */
  leaveAll(): void {
    for (const lane of this.#parked.keys()) this.leave(lane)
  }

  /** Cuts every wait short, the later ones too. */
  close(): void {
    this.#closed = true
    this.leaveAll()
  }
}
