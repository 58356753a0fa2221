import { type Attempt, Batcher, type Clock, fullJitter, type Refusal } from '@waybill/core'
import { BATCH_ENTRIES, type EntryResult, type VisibilityEntry } from '@waybill/sqs'
import { LeaseLostError } from './errors.ts'
import type { HeldDelivery } from './held-delivery.ts'

interface Release {
  readonly deliveries: readonly HeldDelivery[]
  readonly seconds: number
  /** On the clock, when it was first asked for. */
  asked?: number
  /** Whether some message of it may have been released although the whole was not. */
  mayHaveHappened?: boolean
}

export interface ReleaserOptions {
  readonly clock: Clock
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
    const safe = releases.filter((release) => !this.#isStale(release))
    const entries = safe.flatMap(({ deliveries, seconds }) =>
      deliveries.map(({ received }) => ({ handle: received.receiptHandle, visibilityTimeout: seconds })),
    )
    const results = entries.length > 0 ? await this.#options.changeVisibility(entries) : []
    let next = 0
    const answers = new Map(
      safe.map((release) => [release, judged(release, results.slice(next, (next += release.deliveries.length)))]),
    )
    return releases.map((release) => answers.get(release) ?? STALE)
  }

  /**
   * An old handle may still move a message, whoever has it by then: recorded of standard queues, not ruled out for FIFO. A
   * release that may have had its effect, on all or some, is not repeated once they may be visible.
   */
  #isStale({ asked = 0, mayHaveHappened = false, seconds }: Release): boolean {
    return mayHaveHappened && this.#options.clock.now() >= asked + seconds * 1_000
  }
}

function judged(release: Release, results: readonly EntryResult<void>[]): Attempt<void> {
  const refused = results.find((result) => !result.ok)
  if (!refused || refused.ok) return { ok: true, value: undefined }
  if (refused.unknown || results.some((result) => result.ok)) release.mayHaveHappened = true
  return refused
}

const STALE: Refusal = {
  ok: false,
  error: new Error('The messages may be visible by now.'),
  verdict: 'never',
  unknown: true,
}
