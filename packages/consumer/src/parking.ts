import { type Clock, sleep } from '@waybill/core'
import type { Lane } from './lane.ts'

interface Wait {
  readonly cut: AbortController
  readonly deliveries: number
  readonly stays: boolean
}

/**
 * FIFO lanes whose head has failed and waits for its back-off: they keep their leases, so that order holds and no
 * follower burns a receive, and take no slot. Bounded: the oldest lane is cut short when there are too many deliveries. Those
 * that stay, since they wait for the idempotency store, are not: they leave no room for more instead.
 */
export class Parking {
  readonly #clock: Clock
  readonly #bound: number
  /** The oldest first; an abort ends the wait. */
  readonly #parked = new Map<Lane, Wait>()
  #deliveries = 0
  #staying = 0
  #closed = false

  constructor(clock: Clock, bound: number) {
    this.#clock = clock
    this.#bound = bound
  }

  /** How many are parked: heads, and those behind them. */
  get deliveries(): number {
    return this.#deliveries
  }

  /** For how many more that stay there is room. */
  get room(): number {
    return this.#bound - this.#staying
  }

  /** Resolves with the milliseconds that are left of the wait: 0 when it was waited out. */
  async wait(lane: Lane, ms: number, stays = false): Promise<number> {
    if (this.#closed) return ms
    const until = this.#clock.now() + ms
    const cut = new AbortController()
    const deliveries = lane.deliveries.filter(({ state }) => state === 'waiting').length
    this.#parked.set(lane, { cut, deliveries, stays })
    this.#deliveries += deliveries
    if (stays) this.#staying += deliveries
    for (const [oldest, wait] of this.#parked) {
      if (this.#deliveries - this.#staying <= this.#bound) break
      if (!wait.stays) this.leave(oldest)
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
    if (wait.stays) this.#staying -= wait.deliveries
    wait.cut.abort()
    return true
  }

  /** Cuts every wait short, the later ones too. */
  close(): void {
    this.#closed = true
    for (const lane of this.#parked.keys()) this.leave(lane)
  }

  /** From now on lanes may wait again. */
  open(): void {
    this.#closed = false
  }
}
