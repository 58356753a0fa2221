import { type Clock, type Duration, refusalOf } from '@waybill/core'
import type { EntryResult, VisibilityEntry } from '@waybill/sqs'
import { LeaseLostError } from './errors.ts'
import { Extender } from './extender.ts'
import type { HeldDelivery } from './held-delivery.ts'
import { HeldLeases } from './held-leases.ts'
import type { Lane } from './lane.ts'
import { Releaser } from './releaser.ts'
import { Renewals } from './renewals.ts'

export interface LeaseManagerOptions {
  readonly clock: Clock
  /** Seconds. */
  readonly visibilityTimeout: number
  readonly changeVisibility: (
    entries: readonly VisibilityEntry[],
    timeout: number,
  ) => Promise<readonly EntryResult<void>[]>
  /** `lane` is undefined when the delivery was being released. */
  readonly onLost: (delivery: HeldDelivery, error: LeaseLostError, lane: Lane | undefined) => void
  readonly onBug: (error: unknown) => void
}

/**
 * The only one who talks to SQS about visibility: extends the leases of all that is held, and ends them when a delivery
 * is to come again.
 */
export class LeaseManager {
  readonly #options: LeaseManagerOptions
  readonly #held: HeldLeases
  /** Lost while their deletes were under way, which goes on: what can't be deleted must not make room for more. */
  readonly #undeleted = new Set<HeldDelivery>()
  readonly #extender: Extender
  readonly #renewals: Renewals
  readonly #releaser: Releaser

  constructor(options: LeaseManagerOptions) {
    this.#options = options
    this.#held = new HeldLeases(options.visibilityTimeout)
    const { clock, onBug, visibilityTimeout } = options
    const changeVisibility = (entries: readonly VisibilityEntry[]) => this.#call(entries)
    this.#extender = new Extender({
      clock,
      visibilityTimeout,
      changeVisibility,
      isOurs: (delivery, now) => this.isOurs(delivery, now),
      onExtended: (delivery, leaseEnds) => this.#held.extend(delivery, leaseEnds),
      onLost: (delivery, why) => this.#refused(delivery, why),
    })
    this.#renewals = new Renewals({
      clock,
      visibilityTimeout,
      held: this.#held,
      extender: this.#extender,
      notice: (delivery) => this.notice(delivery),
      onBug,
    })
    this.#releaser = new Releaser({ clock, changeVisibility })
  }

  /** Deliveries held, those whose delete is under way included, lost or not. */
  get size(): number {
    return this.#held.size + this.#undeleted.size
  }

  hold(lane: Lane): void {
    for (const delivery of lane.deliveries) {
      this.#held.add(delivery, lane)
      this.#renewals.expect(delivery)
    }
    // The answer may have lain there for too long, while the event loop was blocked. The first loss hands back the others.
    for (const delivery of lane.deliveries)
      if (this.#isHeld(delivery) && !this.#isHidden(delivery))
        this.lose(delivery, 'its visibility timeout had ended before it was read')
  }

  /** From now on the delivery is on its own: it is deleted, lost or released. */
  drop(delivery: HeldDelivery): void {
    this.#held.delete(delivery)
    this.#undeleted.delete(delivery)
    if (this.#held.size === 0) this.#renewals.rest()
  }

  /** Whether it is held, and surely hidden from others. */
  isOurs(delivery: HeldDelivery, now = this.#options.clock.now()): boolean {
    return this.#isHeld(delivery) && this.#isHidden(delivery, now)
  }

  /** Makes deliveries of one lane visible again after `seconds`; resolves with those that are. Never rejects. */
  async release(deliveries: readonly HeldDelivery[], seconds: number): Promise<readonly HeldDelivery[]> {
    for (const delivery of deliveries) this.drop(delivery)
    // Nothing else begins a visibility call for what is dropped.
    for (const delivery of deliveries) await delivery.visibilityCall
    const hidden = deliveries.filter((delivery) => this.#isHidden(delivery))
    if (hidden.length === 0) return []
    const rest = Math.min(...hidden.map((delivery) => this.#extender.rest(delivery)))
    const deadline = Math.min(...hidden.map((delivery) => delivery.leaseEnds))
    const done = await this.#releaser.release(hidden, Math.max(0, Math.min(seconds, rest)), deadline)
    return done ? hidden : []
  }

  /** Extends one delivery on a handler's wish; tries for as long as there is a lease to extend. */
  async extend(delivery: HeldDelivery, by: Duration): Promise<void> {
    try {
      await this.#extender.extendBy(delivery, by)
    } finally {
      this.#expect(delivery)
    }
  }

  /** Makes sure that at least half a lease is left, for something that must not be interrupted. */
  async renew(delivery: HeldDelivery): Promise<void> {
    await this.#extender.renew(delivery)
    this.#expect(delivery)
  }

  /** Notices that its time is over, where the timer has not rung yet: after a blocked event loop others may come first. */
  notice(delivery: HeldDelivery): void {
    if (this.#isHeld(delivery) && !this.#isHidden(delivery)) this.lose(delivery, 'its visibility timeout ended')
  }

  /** SQS has said that the delivery is not ours. A second time says nothing new. */
  lose(delivery: HeldDelivery, why: string, lane = delivery.heldIn): void {
    if (delivery.state === 'lost' || delivery.state === 'settled') return
    const isUndeleted = this.#isHeld(delivery) && delivery.state === 'settling'
    this.drop(delivery)
    if (isUndeleted) this.#undeleted.add(delivery)
    const because = why.replace(/[.\s]+$/, '')
    const error = new LeaseLostError(`The message is not ours any more: ${because}. Another worker may be handling it.`)
    delivery.lose(error)
    this.#options.onLost(delivery, error, lane)
  }

  /** Sends the releases that wait for company. */
  flush(): Promise<void> {
    return this.#releaser.flush()
  }

  /** Extends and releases nothing any more: what is still held ends by itself. */
  async stop(): Promise<void> {
    this.#held.clear()
    await this.#renewals.stop()
    await this.#releaser.stop()
  }

  #refused(delivery: HeldDelivery, why: string): void {
    // Its delete is under way: it is refused because it is deleted, and nothing is lost.
    if (delivery.state === 'settling' && this.#isHeld(delivery)) this.drop(delivery)
    else this.lose(delivery, why)
  }

  /** The timer may have rung during a call about it, when there was nothing to do. */
  #expect(delivery: HeldDelivery): void {
    if (this.#isHeld(delivery)) this.#renewals.expect(delivery)
  }

  #isHeld(delivery: HeldDelivery): boolean {
    return delivery.heldIn !== undefined
  }

  #isHidden(delivery: HeldDelivery, now = this.#options.clock.now()): boolean {
    return delivery.state !== 'lost' && now < delivery.leaseEnds
  }

  /** Never rejects: a call that fails as a whole is a refusal of each entry. */
  async #call(entries: readonly VisibilityEntry[]): Promise<readonly EntryResult<void>[]> {
    try {
      return await this.#options.changeVisibility(entries, Math.min(5_000, this.#options.visibilityTimeout * 250))
    } catch (error) {
      const refusal = refusalOf(error)
      return entries.map(() => refusal)
    }
  }
}
