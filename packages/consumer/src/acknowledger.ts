import { Batcher, type Clock, fullJitter, refusalOf } from '@waybill/core'
import { BATCH_ENTRIES, type EntryResult, VISIBILITY_SECONDS } from '@waybill/sqs'
import type { HeldDelivery } from './held-delivery.ts'
import type { Lane } from './lane.ts'
import type { LeaseManager } from './lease-manager.ts'

export interface AcknowledgerOptions {
  readonly clock: Clock
  readonly leases: LeaseManager
  readonly delete: (handles: readonly string[], timeout: number) => Promise<readonly EntryResult<void>[]>
  /** A group is blocked until its deletes are through: they wait for less company. */
  readonly fifo: boolean
  /** Seconds. */
  readonly visibilityTimeout: number
  /** How many may be open at once. */
  readonly polls: number
}

/** Deletes what is done with, ten at a time, until it is deleted or lost. Its lease is kept meanwhile. */
export class Acknowledger {
  readonly #options: AcknowledgerOptions
  readonly #deletes: Batcher<HeldDelivery, void>

  constructor(options: AcknowledgerOptions) {
    this.#options = options
    this.#deletes = new Batcher({
      clock: options.clock,
      maxCount: BATCH_ENTRIES,
      maxBytes: Infinity,
      linger: options.fifo ? 10 : 100,
      // with fewer than there are polls, what is handled would pile up here
      maxInFlight: Math.max(10, options.polls + 1),
      backoff: { now: fullJitter(100, 10_000), later: fullJitter(500, 10_000) },
      unknownWindow: Infinity,
      // A delete that came too late says nothing about the next: it may be that of the same message's newer receive.
      keysGoOn: true,
      bytes: () => 0,
      giveUp: (why) => new Error(`The delete was given up (${why}).`),
      send: (deliveries) => this.#send(deliveries),
    })
  }

  /**
   * Deletes the message; on FIFO after the earlier ones of its group. Never rejects: a message that can't be deleted comes
   * again, and the journal knows it. A lost lease is no reason not to try: the handle may still be good.
   */
  async delete(lane: Lane, delivery: HeldDelivery): Promise<void> {
    const { clock, leases } = this.#options
    const deadline = leases.isOurs(delivery) ? delivery.heldSince + VISIBILITY_SECONDS * 1_000 : clock.now() + 5_000
    const group = lane.fifo ? lane.key : undefined
    try {
      await this.#deletes.add(delivery, { key: group, deadline })
    } catch (thrown) {
      // What else failed was reported when it failed.
      const { error, verdict } = refusalOf(thrown)
      if (verdict === 'lost') leases.lose(delivery, `its delete was refused: ${error.message}`, lane)
    }
    leases.drop(delivery)
  }

  /** A handled message that is not deleted is handled again: whatever is refused but for its handle is tried again. */
  async #send(deliveries: readonly HeldDelivery[]): Promise<readonly EntryResult<void>[]> {
    const handles = deliveries.map((delivery) => delivery.received.receiptHandle)
    const timeout = Math.min(5_000, this.#options.visibilityTimeout * 250)
    const results = await this.#options.delete(handles, timeout).catch((error: unknown) => {
      const refusal = refusalOf(error)
      return handles.map(() => refusal)
    })
    return results.map((result) => (result.ok || result.verdict !== 'never' ? result : { ...result, verdict: 'later' }))
  }

  /** Deletes without waiting for company. */
  flush(): Promise<void> {
    return this.#deletes.flush()
  }

  /** Gives up the deletes that are not answered, at the end of a stop, and says how many those were. */
  abandon(): number {
    return this.#deletes.abandon(new Error('The consumer has stopped.')).length
  }
}
