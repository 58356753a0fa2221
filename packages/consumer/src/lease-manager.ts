import {
  Alarm,
  type Clock,
  type Duration,
  OptionsError,
  refusalOf,
  sleep,
  TrackedTasks,
  wholeSeconds,
} from '@waybill/core'
import { BATCH_ENTRIES, type EntryResult, VISIBILITY_SECONDS, type VisibilityEntry } from '@waybill/sqs'
import { LeaseLostError } from './errors.ts'
import type { HeldDelivery } from './held-delivery.ts'
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

/** SQS counts the cap from its own receive, which was a little before ours. */
const CAP = (VISIBILITY_SECONDS - 5) * 1_000
const RETRY_AFTER = 1_000

/**
 * The only one who talks to SQS about visibility: extends the leases of all that is held, and ends them when a delivery
 * is to come again. One timer for all; a delivery settled before half its lease is gone costs no request.
 */
export class LeaseManager {
  readonly #options: LeaseManagerOptions
  readonly #held = new Map<HeldDelivery, Lane>()
  readonly #alarm: Alarm
  readonly #releaser: Releaser
  readonly #extensions: TrackedTasks

  constructor(options: LeaseManagerOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.clock, () => this.#ring())
    const { clock, onBug } = options
    this.#extensions = new TrackedTasks(onBug)
    this.#releaser = new Releaser({ clock, changeVisibility: (entries) => this.#call(entries) })
  }

  /** Deliveries held, those whose delete is under way included. */
  get size(): number {
    return this.#held.size
  }

  hold(lane: Lane): void {
    for (const delivery of lane.deliveries) {
      this.#held.set(delivery, lane)
      this.#alarm.ringBy(this.#renewAt(delivery))
      // The answer lay there for too long, while the event loop was blocked.
      if (!this.isOurs(delivery)) this.lose(delivery, 'its visibility timeout had ended before it was read')
    }
  }

  /** From now on the delivery is on its own: it is deleted, lost or released. */
  drop(delivery: HeldDelivery): void {
    this.#held.delete(delivery)
    if (this.#held.size === 0) this.#alarm.cancel()
  }

  /** Whether it is held, and surely hidden from others. */
  isOurs(delivery: HeldDelivery): boolean {
    return this.#held.has(delivery) && this.#isHidden(delivery)
  }

  /** Makes deliveries of one lane visible again after `seconds`; resolves with how many. Never rejects. */
  async release(deliveries: readonly HeldDelivery[], seconds: number): Promise<number> {
    for (const delivery of deliveries) this.drop(delivery)
    // Nothing else begins a visibility call for what is dropped.
    for (const delivery of deliveries) await delivery.visibilityCall
    const hidden = deliveries.filter((delivery) => this.#isHidden(delivery))
    if (hidden.length === 0) return 0
    const rest = Math.min(...hidden.map((delivery) => this.#rest(delivery)))
    const deadline = Math.min(...hidden.map((delivery) => delivery.leaseEnds))
    const done = await this.#releaser.release(hidden, Math.max(0, Math.min(seconds, rest)), deadline)
    return done ? hidden.length : 0
  }

  /** Extends one delivery on a handler's wish; tries for as long as there is a lease to extend. */
  async extend(delivery: HeldDelivery, by: Duration): Promise<void> {
    const { clock } = this.#options
    const seconds = wholeSeconds(by, 'extend by', 1, VISIBILITY_SECONDS, 'the most that SQS hides a message')
    const until = clock.now() + seconds * 1_000
    for (;;) {
      // No await between the last look and the call: there is never more than one for a delivery.
      while (delivery.visibilityCall) await delivery.visibilityCall
      // A message that is settled may have another owner by now, whom an old handle would hit.
      if (delivery.state !== 'running' || !this.isOurs(delivery))
        throw new LeaseLostError('There is no lease to extend: it was lost, or the handler has ended.')
      if (delivery.leaseEnds >= until) return
      const rest = this.#rest(delivery)
      if (rest < seconds)
        throw new OptionsError(
          `extend by: '${by}' is more than the ${rest} s that are left of SQS's 12 h for one receive.`,
        )
      await this.#extend([delivery], seconds)
      if (this.isOurs(delivery) && delivery.leaseEnds < until) await sleep(clock, RETRY_AFTER)
    }
  }

  /** Makes sure that at least half a lease is left, for something that must not be interrupted. */
  async renew(delivery: HeldDelivery): Promise<void> {
    while (delivery.visibilityCall) await delivery.visibilityCall
    if (this.#options.clock.now() >= this.#renewAt(delivery)) {
      await this.#extend([delivery], this.#options.visibilityTimeout)
    }
  }

  /** SQS has said that the delivery is not ours. A second time says nothing new. */
  lose(delivery: HeldDelivery, why: string): void {
    if (delivery.state === 'lost' || delivery.state === 'settled') return
    const lane = this.#held.get(delivery)
    this.drop(delivery)
    delivery.become('lost')
    const because = why.replace(/[.\s]+$/, '')
    const error = new LeaseLostError(`The message is not ours any more: ${because}. Another worker may be handling it.`)
    delivery.abort(error)
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

  #isHidden(delivery: HeldDelivery): boolean {
    return delivery.state !== 'lost' && this.#options.clock.now() < delivery.leaseEnds
  }

  /** Seconds that SQS still grants, of 12 hours in all. */
  #rest(delivery: HeldDelivery): number {
    return Math.floor((CAP - (this.#options.clock.now() - delivery.heldSince)) / 1_000)
  }

  #renewAt(delivery: HeldDelivery): number {
    return delivery.leaseEnds - this.#options.visibilityTimeout * 500
  }

  #ring(): void {
    const now = this.#options.clock.now()
    for (const delivery of this.#held.keys())
      if (now >= delivery.leaseEnds) this.lose(delivery, 'its visibility timeout ended')
    this.#extensions.run(() => this.#extendDue())
    this.#watch()
  }

  #watch(): void {
    let next = Infinity
    for (const delivery of this.#held.keys()) next = Math.min(next, this.#lookAt(delivery))
    if (next < Infinity) this.#alarm.ringBy(next)
  }

  /** When there is something to do about it: at its end, while an extension is under way or would not lengthen it. */
  #lookAt(delivery: HeldDelivery): number {
    const { leaseEnds, visibilityCall } = delivery
    if (visibilityCall || !this.#canGrow(delivery)) return leaseEnds
    const now = this.#options.clock.now()
    const renewAt = this.#renewAt(delivery)
    // One that is due and could not be extended: again soon.
    return renewAt > now ? renewAt : Math.min(now + RETRY_AFTER, leaseEnds)
  }

  async #extendDue(): Promise<void> {
    const now = this.#options.clock.now()
    const lanes = new Set<Lane>()
    for (const [delivery, lane] of this.#held)
      if (now >= this.#renewAt(delivery) && !delivery.visibilityCall && this.#canGrow(delivery)) lanes.add(lane)
    const batches: HeldDelivery[][] = []
    for (const lane of lanes) {
      const due = lane.deliveries.filter((delivery) => this.#held.has(delivery) && !delivery.visibilityCall)
      const last = batches.at(-1)
      if (last && last.length + due.length <= BATCH_ENTRIES) last.push(...due)
      else batches.push(due)
    }
    await Promise.all(batches.map((batch) => this.#extend(batch, this.#options.visibilityTimeout)))
    this.#watch()
  }

  async #extend(deliveries: readonly HeldDelivery[], seconds: number): Promise<void> {
    const wanted = deliveries
      .filter((delivery) => this.isOurs(delivery))
      .map((delivery) => ({ delivery, seconds: Math.min(seconds, this.#rest(delivery)) }))
      .filter(({ delivery, seconds: until }) => until * 1_000 > delivery.leaseEnds - this.#options.clock.now())
    if (wanted.length === 0) return
    const asked = this.#options.clock.now()
    const call = this.#call(wanted.map(({ delivery, seconds: rest }) => entry(delivery, rest))).then((results) => {
      for (const [index, { delivery, seconds: rest }] of wanted.entries()) {
        delivery.visibilityCall = undefined
        const result = results[index]
        if (result?.ok) this.#extended(delivery, asked + rest * 1_000)
        else if (result?.verdict === 'lost') this.#refused(delivery, result.error)
      }
    })
    for (const { delivery } of wanted) delivery.visibilityCall = call
    await call
  }

  /** Whether an extension could lengthen the lease: not at the cap. */
  #canGrow(delivery: HeldDelivery): boolean {
    return this.#rest(delivery) * 1_000 > delivery.leaseEnds - this.#options.clock.now()
  }

  /** A message whose delete is under way is refused because it is deleted: nothing is lost. */
  #refused(delivery: HeldDelivery, error: Error): void {
    if (delivery.state === 'settling') this.drop(delivery)
    else this.lose(delivery, error.message)
  }

  #extended(delivery: HeldDelivery, until: number): void {
    // Answered after the old end: SQS may have given it to somebody else in between.
    if (this.#options.clock.now() >= delivery.leaseEnds)
      return this.lose(delivery, 'its extension was answered too late')
    delivery.leaseEnds = until
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

function entry(delivery: HeldDelivery, seconds: number): VisibilityEntry {
  return { handle: delivery.received.receiptHandle, visibilityTimeout: seconds }
}
