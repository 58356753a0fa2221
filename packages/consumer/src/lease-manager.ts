import { Alarm, type Clock, type Duration, refusalOf, wholeSeconds } from '@waybill/core'
import { BATCH_ENTRIES, type EntryResult, VISIBILITY_SECONDS, type VisibilityEntry } from '@waybill/sqs'
import { LeaseLostError } from './errors.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { Lane } from './lane.ts'
import { Releaser } from './releaser.ts'

export interface LeaseManagerOptions {
  readonly clock: Clock
  readonly fifo: boolean
  /** Seconds. */
  readonly visibilityTimeout: number
  readonly changeVisibility: (
    entries: readonly VisibilityEntry[],
    timeout: number,
  ) => Promise<readonly EntryResult<void>[]>
  readonly onLost: (delivery: HeldDelivery, error: LeaseLostError) => void
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
  #extending: Promise<void> | undefined

  constructor(options: LeaseManagerOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.clock, () => this.#ring())
    const { clock, fifo } = options
    this.#releaser = new Releaser({ clock, fifo, changeVisibility: (entries) => this.#call(entries) })
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
      if (!this.isOurs(delivery)) this.#lose(delivery, 'its visibility timeout had ended before it was read')
    }
  }

  /** From now on the delivery is on its own: it is deleted, lost or released. */
  drop(delivery: HeldDelivery): void {
    this.#held.delete(delivery)
    if (this.#held.size === 0) this.#alarm.cancel()
  }

  isOurs(delivery: HeldDelivery): boolean {
    return delivery.state !== 'lost' && this.#options.clock.now() < delivery.leaseEnds
  }

  /** Makes deliveries of one lane visible again after `seconds`; resolves with how many. Never rejects. */
  async release(deliveries: readonly HeldDelivery[], seconds: number): Promise<number> {
    for (const delivery of deliveries) this.drop(delivery)
    await Promise.all(deliveries.map((delivery) => this.#quiet(delivery)))
    const ours = deliveries.filter((delivery) => this.isOurs(delivery))
    if (ours.length === 0) return 0
    const rest = Math.min(...ours.map((delivery) => this.#rest(delivery)))
    const deadline = Math.min(...ours.map((delivery) => delivery.leaseEnds))
    const done = await this.#releaser.release(ours, Math.max(0, Math.min(seconds, rest)), deadline)
    return done ? ours.length : 0
  }

  /** Extends one delivery on a handler's wish. */
  async extend(delivery: HeldDelivery, by: Duration): Promise<void> {
    const seconds = wholeSeconds(by, 'extend by', 1, VISIBILITY_SECONDS, 'the most that SQS hides a message')
    await this.#quiet(delivery)
    // A message that is settled may have another owner by now, whom an old handle would hit.
    if (delivery.state === 'running') await this.#extend([delivery], seconds)
    if (delivery.state !== 'running' || !this.isOurs(delivery)) {
      throw new LeaseLostError('There is no lease to extend: it was lost, or the handler has ended.')
    }
  }

  /** Makes sure that at least half a lease is left, for something that must not be interrupted. */
  async renew(delivery: HeldDelivery): Promise<void> {
    await this.#quiet(delivery)
    if (this.#options.clock.now() >= this.#renewAt(delivery)) {
      await this.#extend([delivery], this.#options.visibilityTimeout)
    }
  }

  /** Sends the releases that wait for company. */
  flush(): Promise<void> {
    return this.#releaser.flush()
  }

  /** Extends and releases nothing any more: what is still held ends by itself. */
  async stop(): Promise<void> {
    this.#held.clear()
    this.#alarm.cancel()
    await this.#extending
    await this.#releaser.stop()
  }

  /** Resolves when no visibility call is under way for the delivery: there is never more than one. */
  async #quiet(delivery: HeldDelivery): Promise<void> {
    while (delivery.visibilityCall) await delivery.visibilityCall
  }

  /** Seconds that SQS still grants, of 12 hours in all. */
  #rest(delivery: HeldDelivery): number {
    return Math.floor((CAP - (this.#options.clock.now() - delivery.heldSince)) / 1_000)
  }

  #renewAt(delivery: HeldDelivery): number {
    return delivery.leaseEnds - this.#options.visibilityTimeout * 500
  }

  #ring(): void {
    this.#extending = this.#extendDue().finally(() => this.#watch())
  }

  #watch(): void {
    const now = this.#options.clock.now()
    let next = Infinity
    for (const delivery of this.#held.keys()) {
      const renewAt = this.#renewAt(delivery)
      // One that is due and could not be extended: again soon, or at its end when it is at its cap.
      const again = this.#canGrow(delivery) ? Math.min(now + RETRY_AFTER, delivery.leaseEnds) : delivery.leaseEnds
      next = Math.min(next, renewAt > now ? renewAt : again)
    }
    if (next < Infinity) this.#alarm.ringBy(next)
  }

  async #extendDue(): Promise<void> {
    const now = this.#options.clock.now()
    const lanes = new Set<Lane>()
    for (const [delivery, lane] of this.#held) {
      if (now >= delivery.leaseEnds) this.#lose(delivery, 'its visibility timeout ended')
      else if (now >= this.#renewAt(delivery) && !delivery.visibilityCall && this.#canGrow(delivery)) lanes.add(lane)
    }
    const batches: HeldDelivery[][] = []
    for (const lane of lanes) {
      const due = lane.deliveries.filter((delivery) => this.#held.has(delivery) && !delivery.visibilityCall)
      const last = batches.at(-1)
      if (last && last.length + due.length <= BATCH_ENTRIES) last.push(...due)
      else batches.push(due)
    }
    await Promise.all(batches.map((batch) => this.#extend(batch, this.#options.visibilityTimeout)))
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
    else this.#lose(delivery, error.message)
  }

  #extended(delivery: HeldDelivery, until: number): void {
    // Answered after the old end: SQS may have given it to somebody else in between.
    if (this.#options.clock.now() >= delivery.leaseEnds)
      return this.#lose(delivery, 'its extension was answered too late')
    delivery.leaseEnds = until
  }

  #lose(delivery: HeldDelivery, why: string): void {
    if (delivery.state === 'lost' || delivery.state === 'settled') return
    this.drop(delivery)
    delivery.become('lost')
    const error = new LeaseLostError(`The message is not ours any more: ${why}. Another worker may be handling it.`)
    delivery.abort(error)
    this.#options.onLost(delivery, error)
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
