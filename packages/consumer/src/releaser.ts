import { type Attempt, Batcher, type Clock, fullJitter } from '@waybill/core'
import { BATCH_ENTRIES, type EntryResult, type VisibilityEntry } from '@waybill/sqs'
import { LeaseLostError } from './errors.ts'
import type { HeldDelivery } from './held-delivery.ts'

interface Release {
  readonly deliveries: readonly HeldDelivery[]
  readonly seconds: number
  /** On the clock, when it was first asked for. */
  asked?: number
}

export interface ReleaserOptions {
  readonly clock: Clock
  readonly fifo: boolean
  /** Never rejects: a call that fails as a whole is a refusal of each entry. */
  readonly changeVisibility: (entries: readonly VisibilityEntry[]) => Promise<readonly EntryResult<void>[]>
}

/** Makes messages visible again. Those of a lane go in one call with one value: other ways break a group's order. */
export class Releaser {
  readonly #options: ReleaserOptions
  readonly #releases: Batcher<Release, void>

  constructor(options: ReleaserOptions) {
    this.#options = options
    this.#releases = new Batcher({
      clock: options.clock,
      maxCount: BATCH_ENTRIES,
      // A lane is one item, counted by its messages.
      bytes: ({ deliveries }) => deliveries.length,
      maxBytes: BATCH_ENTRIES,
      linger: 20,
      maxInFlight: 10,
      maxBufferedCount: Infinity,
      maxBufferedBytes: Infinity,
      backoff: { now: fullJitter(100, 2_000), later: fullJitter(500, 5_000) },
      unknownWindow: Infinity,
      giveUp: (why) => new LeaseLostError(`The release was given up (${why}).`),
      send: (releases) => this.#send(releases),
    })
  }

  /** Resolves with whether it is done, and never rejects: a lease that can't be ended ends by itself at `deadline`. */
  async release(deliveries: readonly HeldDelivery[], seconds: number, deadline: number): Promise<boolean> {
    return this.#releases.add({ deliveries, seconds }, { deadline }).then(
      () => true,
      () => false,
    )
  }

  /** Sends what waits for company. */
  flush(): Promise<void> {
    return this.#releases.flush()
  }

  /** Gives up what is not answered, and waits for the calls under way. */
  async stop(): Promise<void> {
    this.#releases.abandon(new Error('The consumer has stopped.'))
    await this.#releases.close()
  }

  async #send(releases: readonly Release[]): Promise<readonly Attempt<void>[]> {
    const now = this.#options.clock.now()
    for (const release of releases) release.asked ??= now
    const entries = releases.flatMap(({ deliveries, seconds }) =>
      deliveries.map(({ received }) => ({ handle: received.receiptHandle, visibilityTimeout: seconds })),
    )
    const results = await this.#options.changeVisibility(entries)
    let next = 0
    return releases.map((release) => {
      const own = results.slice(next, (next += release.deliveries.length))
      return this.#judged(release, own.find((result) => !result.ok) ?? OK)
    })
  }

  /**
   * On a standard queue an old handle still moves the message, whoever has it by then: a release that may have had its
   * effect is not repeated once the message may be visible.
   */
  #judged({ asked = 0, seconds }: Release, result: Attempt<void>): Attempt<void> {
    const { clock, fifo } = this.#options
    if (result.ok || !result.unknown || fifo || clock.now() < asked + seconds * 1_000) return result
    return { ...result, verdict: 'never' }
  }
}

const OK: Attempt<void> = { ok: true, value: undefined }
