import { Alarm, type Clock, type Duration, refusalOf, TrackedTasks } from '@waybill/core'
import { BATCH_ENTRIES, type EntryResult, type VisibilityEntry } from '@waybill/sqs'
import { LeaseLostError } from './errors.ts'
import { Extender, RETRY_AFTER } from './extender.ts'
import type { HeldDelivery } from './held-delivery.ts'
import { HeldLeases } from './held-leases.ts'
import type { Lane } from './lane.ts'
import { Releaser } from './releaser.ts'

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

/** A tenth of the visibility timeout, in milliseconds for each of its seconds. */
const SOON = 100

/** Extensions that begin at once: each has a connection of its own. As many more each second while these are not answered. */
const CALLS = 100

/**
 * The only one who talks to SQS about visibility: extends the leases of all that is held, and ends them when a delivery
 * is to come again. One timer for all; a delivery settled before half its lease is gone costs no request, or before two fifths
 * are, where slower ones are held beside it.
 */
export class LeaseManager {
  readonly #options: LeaseManagerOptions
  readonly #held: HeldLeases
  /** Lost while their deletes were under way, which goes on: what can't be deleted must not make room for more. */
  readonly #undeleted = new Set<HeldDelivery>()
  readonly #alarm: Alarm
  readonly #extender: Extender
  readonly #extensions: TrackedTasks
  readonly #releaser: Releaser

  constructor(options: LeaseManagerOptions) {
    this.#options = options
    this.#held = new HeldLeases(options.visibilityTimeout)
    this.#alarm = new Alarm(options.clock, () => this.#ring())
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
    this.#extensions = new TrackedTasks(onBug)
    this.#releaser = new Releaser({ clock, changeVisibility })
  }

  /** Deliveries held, those whose delete is under way included, lost or not. */
  get size(): number {
    return this.#held.size + this.#undeleted.size
  }

  hold(lane: Lane): void {
    for (const delivery of lane.deliveries) {
      this.#held.add(delivery, lane)
      this.#alarm.ringBy(this.#extender.renewAt(delivery))
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
    if (this.#held.size === 0) this.#alarm.cancel()
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
  extend(delivery: HeldDelivery, by: Duration): Promise<void> {
    return this.#extender.extendBy(delivery, by)
  }

  /** Makes sure that at least half a lease is left, for something that must not be interrupted. */
  renew(delivery: HeldDelivery): Promise<void> {
    return this.#extender.renew(delivery)
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
    this.#alarm.cancel()
    await this.#extensions.idle()
    await this.#releaser.stop()
  }

  #refused(delivery: HeldDelivery, why: string): void {
    // Its delete is under way: it is refused because it is deleted, and nothing is lost.
    if (delivery.state === 'settling' && this.#isHeld(delivery)) this.drop(delivery)
    else this.lose(delivery, why)
  }

  #isHeld(delivery: HeldDelivery): boolean {
    return delivery.heldIn !== undefined
  }

  #isHidden(delivery: HeldDelivery, now = this.#options.clock.now()): boolean {
    return delivery.state !== 'lost' && now < delivery.leaseEnds
  }

  #ring(): void {
    const now = this.#options.clock.now()
    for (const delivery of Array.from(this.#held.endingBy(() => now))) this.notice(delivery)
    this.#extensions.run(() => this.#extendDue())
    this.#watch()
  }

  #watch(): void {
    const now = this.#options.clock.now()
    let next = Infinity
    // Those that end later than that are not to be looked at before.
    for (const delivery of this.#held.endingBy(() => this.#extender.endsIfRenewedAt(next)))
      next = Math.min(next, this.#lookAt(delivery, now))
    if (next < Infinity) this.#alarm.ringBy(next)
  }

  /** When there is something to do about it: at its end, while an extension is under way or would not lengthen it. */
  #lookAt(delivery: HeldDelivery, now: number): number {
    const { leaseEnds, visibilityCall } = delivery
    if (visibilityCall || !this.#extender.canGrow(delivery, now)) return leaseEnds
    const renewAt = this.#extender.renewAt(delivery)
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
    for (const batch of batches) {
      // While they waited for their turn, the alarm may have rung again.
      const due = batch.filter((delivery) => this.#isIdle(delivery) && until >= this.#extender.renewAt(delivery))
      await this.#extender.extend(due, this.#options.visibilityTimeout)
    }
  }

  /** Whether it is held, and no visibility call is under way for it. */
  #isIdle(delivery: HeldDelivery): boolean {
    return this.#isHeld(delivery) && !delivery.visibilityCall
  }

  /** The lanes of what is to be extended by then, and can be now. */
  *#dueBy(until: number, now: number): Generator<Lane, void> {
    const ends = this.#extender.endsIfRenewedAt(until)
    for (const delivery of this.#held.endingBy(() => ends))
      if (
        delivery.heldIn &&
        until >= this.#extender.renewAt(delivery) &&
        !delivery.visibilityCall &&
        this.#extender.canGrow(delivery, now)
      )
        yield delivery.heldIn
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
