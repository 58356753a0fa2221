import { type Clock, type Duration, OptionsError, sleep, wholeSeconds } from '@waybill/core'
import { type EntryResult, VISIBILITY_SECONDS, type VisibilityEntry } from '@waybill/sqs'
import { LeaseLostError } from './errors.ts'
import type { HeldDelivery } from './held-delivery.ts'

export interface ExtenderOptions {
  readonly clock: Clock
  /** Seconds. */
  readonly visibilityTimeout: number
  /** Never rejects: a call that fails as a whole is a refusal of each entry. */
  readonly changeVisibility: (entries: readonly VisibilityEntry[]) => Promise<readonly EntryResult<void>[]>
  readonly isOurs: (delivery: HeldDelivery, now: number) => boolean
  /** SQS hides it until then, on the clock. */
  readonly onExtended: (delivery: HeldDelivery, leaseEnds: number) => void
  /** SQS has refused the handle, or has answered too late for anybody to be sure. */
  readonly onLost: (delivery: HeldDelivery, why: string) => void
}

interface Extension {
  readonly delivery: HeldDelivery
  readonly seconds: number
}

/** SQS counts the cap from its own receive, which was a little before ours. */
const CAP = (VISIBILITY_SECONDS - 5) * 1_000
export const RETRY_AFTER = 1_000

/** Lengthens leases: from the moment of asking, and never beyond SQS's 12 hours in all. */
export class Extender {
  readonly #options: ExtenderOptions

  constructor(options: ExtenderOptions) {
    this.#options = options
  }

  /** When half of its lease is gone, on the clock. */
  renewAt(delivery: HeldDelivery): number {
    return delivery.leaseEnds - this.#options.visibilityTimeout * 500
  }

  /** When a lease ends of which half is gone then. */
  endsIfRenewedAt(time: number): number {
    return time + this.#options.visibilityTimeout * 500
  }

  /** Seconds that SQS still grants. */
  rest(delivery: HeldDelivery, now = this.#options.clock.now()): number {
    return Math.floor((CAP - (now - delivery.heldSince)) / 1_000)
  }

  /** Whether an extension could lengthen the lease: not at the cap. */
  canGrow(delivery: HeldDelivery, now: number): boolean {
    return this.rest(delivery, now) * 1_000 > delivery.leaseEnds - now
  }

  /** On a handler's wish; tries for as long as there is a lease to extend. */
  async extendBy(delivery: HeldDelivery, by: Duration): Promise<void> {
    const { clock, isOurs } = this.#options
    const seconds = wholeSeconds(by, 'extend by', 1, VISIBILITY_SECONDS, 'the most that SQS hides a message')
    const until = clock.now() + seconds * 1_000
    for (;;) {
      // No await between the last look and the call: there is never more than one for a delivery.
      while (delivery.visibilityCall) await delivery.visibilityCall
      // A message that is settled may have another owner by now, whom an old handle would hit.
      if (delivery.state !== 'running' || !isOurs(delivery, clock.now()))
        throw new LeaseLostError('There is no lease to extend: it was lost, or the handler has ended.')
      if (delivery.leaseEnds >= until) return
      const rest = this.rest(delivery)
      if (rest < seconds)
        throw new OptionsError(
          `extend by: '${by}' is more than the ${rest} s that are left of SQS's 12 h for one receive.`,
        )
      await this.extend([delivery], seconds)
      if (isOurs(delivery, clock.now()) && delivery.leaseEnds < until) await sleep(clock, RETRY_AFTER)
    }
  }

  /** Makes sure that at least half a lease is left, for something that must not be interrupted. */
  async renew(delivery: HeldDelivery): Promise<void> {
    while (delivery.visibilityCall) await delivery.visibilityCall
    if (this.#options.clock.now() >= this.renewAt(delivery))
      await this.extend([delivery], this.#options.visibilityTimeout)
  }

  /** One call for those that it lengthens, none of which has another under way. Never rejects. */
  async extend(deliveries: readonly HeldDelivery[], seconds: number): Promise<void> {
    const { changeVisibility, clock, isOurs } = this.#options
    const asked = clock.now()
    const wanted: Extension[] = []
    for (const delivery of deliveries) {
      const granted = Math.min(seconds, this.rest(delivery, asked))
      if (isOurs(delivery, asked) && asked + granted * 1_000 > delivery.leaseEnds)
        wanted.push({ delivery, seconds: granted })
    }
    if (wanted.length === 0) return
    const entries = wanted.map(entryOf)
    const call = changeVisibility(entries).then((results) => {
      const now = clock.now()
      for (const [index, extension] of wanted.entries())
        this.#answered(extension.delivery, asked + extension.seconds * 1_000, results[index], now)
    })
    for (const { delivery } of wanted) delivery.visibilityCall = call
    await call
  }

  #answered(delivery: HeldDelivery, until: number, result: EntryResult<void> | undefined, now: number): void {
    const { onExtended, onLost } = this.#options
    delivery.visibilityCall = undefined
    if (result?.ok) {
      // After the old end SQS may have given it to somebody else before it answered.
      if (now >= delivery.leaseEnds) onLost(delivery, 'its extension was answered too late')
      else onExtended(delivery, until)
    } else if (result?.verdict === 'lost') onLost(delivery, result.error.message)
  }
}

function entryOf({ delivery, seconds }: Extension): VisibilityEntry {
  return { handle: delivery.received.receiptHandle, visibilityTimeout: seconds }
}
