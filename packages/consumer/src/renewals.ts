import { Alarm, type Clock, TrackedTasks } from '@waybill/core'
import { BATCH_ENTRIES } from '@waybill/sqs'
import { type Extender, RETRY_AFTER } from './extender.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { HeldLeases } from './held-leases.ts'
import type { Lane } from './lane.ts'

export interface RenewalsOptions {
  readonly clock: Clock
  /** Seconds. */
  readonly visibilityTimeout: number
  readonly held: HeldLeases
  readonly extender: Extender
  /** The time of its lease may be over. */
  readonly notice: (delivery: HeldDelivery) => void
  readonly onBug: (error: unknown) => void
}

/** A tenth of the visibility timeout, in milliseconds for each of its seconds. */
const SOON = 100

/** Extensions that begin at once: each has a connection of its own. As many more each second while these are not answered. */
const CALLS = 100

/**
 * Extends the leases of all that is held, ten in a call. One timer for all; a delivery settled before half its lease is gone costs
 * no request, or before two fifths are, where slower ones are held beside it.
 */
export class Renewals {
  readonly #options: RenewalsOptions
  readonly #alarm: Alarm
  readonly #extensions: TrackedTasks

  constructor(options: RenewalsOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.clock, () => this.#ring())
    this.#extensions = new TrackedTasks(options.onBug)
  }

  /** It is held from now on. */
  expect(delivery: HeldDelivery): void {
    this.#alarm.ringBy(this.#options.extender.renewAt(delivery))
  }

  /** For when nothing is held: leaves no timer. */
  rest(): void {
    this.#alarm.cancel()
  }

  /** Begins no more; resolves when no extension is under way. */
  async stop(): Promise<void> {
    this.rest()
    await this.#extensions.idle()
  }

  #ring(): void {
    const { clock, held, notice } = this.#options
    const now = clock.now()
    for (const delivery of Array.from(held.endingBy(() => now))) notice(delivery)
    this.#extensions.run(() => this.#extendDue())
    this.#watch()
  }

  #watch(): void {
    const { clock, extender, held } = this.#options
    const now = clock.now()
    let next = Infinity
    // Those that end later than that are not to be looked at before.
    for (const delivery of held.endingBy(() => extender.endsIfRenewedAt(next)))
      next = Math.min(next, this.#lookAt(delivery, now))
    if (next < Infinity) this.#alarm.ringBy(next)
  }

  /** When there is something to do about it: at its end, while an extension is under way or would not lengthen it. */
  #lookAt(delivery: HeldDelivery, now: number): number {
    const { extender } = this.#options
    const { leaseEnds, visibilityCall } = delivery
    if (visibilityCall || !extender.canGrow(delivery, now)) return leaseEnds
    const renewAt = extender.renewAt(delivery)
    // One that is due and could not be extended: again soon.
    return renewAt > now ? renewAt : Math.min(now + RETRY_AFTER, leaseEnds)
  }

  async #extendDue(): Promise<void> {
    const now = this.#options.clock.now()
    // It may ring for one that is settled since.
    if (this.#dueBy(now, now).next().done) return
    // With what is due soon: from then on they are due together, ten in a call.
    const soon = now + this.#options.visibilityTimeout * SOON
    const batches: HeldDelivery[][] = []
    const taken = new Set<Lane>()
    for (const lane of this.#dueBy(soon, now)) {
      if (taken.has(lane)) continue
      // A lane of one does not come twice.
      if (lane.deliveries.length > 1) taken.add(lane)
      const due = lane.deliveries.filter((delivery) => this.#isIdle(delivery))
      const last = batches.at(-1)
      if (last && last.length + due.length <= BATCH_ENTRIES) last.push(...due)
      else batches.push(due)
    }
    const rest = batches.values()
    await Promise.all(Array.from({ length: Math.min(CALLS, batches.length) }, () => this.#extendEach(rest, soon)))
    this.#watch()
  }

  async #extendEach(batches: Iterable<readonly HeldDelivery[]>, until: number): Promise<void> {
    const { extender, visibilityTimeout } = this.#options
    for (const batch of batches) {
      // While they waited for their turn, the alarm may have rung again.
      const due = batch.filter((delivery) => this.#isIdle(delivery) && until >= extender.renewAt(delivery))
      await extender.extend(due, visibilityTimeout)
    }
  }

  /** Whether it is held, and no visibility call is under way for it. */
  #isIdle(delivery: HeldDelivery): boolean {
    return delivery.heldIn !== undefined && !delivery.visibilityCall
  }

  /** The lanes of what is to be extended by then, and can be now. */
  *#dueBy(until: number, now: number): Generator<Lane, void> {
    const { extender, held } = this.#options
    const ends = extender.endsIfRenewedAt(until)
    for (const delivery of held.endingBy(() => ends))
      if (
        delivery.heldIn &&
        until >= extender.renewAt(delivery) &&
        !delivery.visibilityCall &&
        extender.canGrow(delivery, now)
      )
        yield delivery.heldIn
  }
}
