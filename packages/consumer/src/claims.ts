import { Alarm, backoffDelay, type Clock, fullJitter, quote, sleep, TrackedTasks } from '@waybill/core'
import type { Delivery } from './context.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { IdempotencyStore } from './idempotency.ts'

export interface ClaimsOptions {
  readonly clock: Clock
  readonly store: IdempotencyStore
  readonly key: (delivery: Delivery) => string
  /** Milliseconds. */
  readonly keep: number
  /** How long a claim holds when its process dies: as long as the message is hidden. Milliseconds. */
  readonly claim: number
  readonly queueName: string
  /** This consumer, told from all others. */
  readonly owner: string
  readonly onFault: (error: Error) => void
  readonly onAnswer: () => void
  readonly onBug: (error: unknown) => void
}

/** Where a message stands with the idempotency store. */
export type Claim = 'begun' | 'done' | 'in-progress' | 'unknown'

const TRIES = 8
const BACKOFF = fullJitter(200, 5_000)

/** A key, and who has begun it: each delivery is an owner of its own, since two may have one key. */
interface Begun {
  readonly key: string
  readonly owner: string
}

/** What this consumer has begun in the idempotency store. One timer renews it all. */
export class Claims {
  readonly #options: ClaimsOptions
  readonly #begun = new Map<HeldDelivery, Begun>()
  readonly #alarm: Alarm
  readonly #renewals: TrackedTasks
  #owners = 0

  constructor(options: ClaimsOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.clock, () => this.#renew())
    this.#renewals = new TrackedTasks(options.onBug)
  }

  /** `unknown`: the store did not answer, and nothing may be handled. Rejects with what the user's `key` threw. */
  async begin(held: HeldDelivery, delivery: Delivery): Promise<Claim> {
    const { claim, clock, queueName, store } = this.#options
    const key = `${queueName}/${this.#options.key(delivery)}`
    const owner = `${this.#options.owner}/${++this.#owners}`
    const answer = await this.#ask(async () => checked(await store.begin(key, owner, claim)))
    if (answer !== 'begun') return answer ?? 'unknown'
    this.#begun.set(held, { key, owner })
    this.#alarm.ringBy(clock.now() + claim / 2)
    return 'begun'
  }

  /** The message is handled. Tried again for a while: a store that does not know lets it be handled twice. */
  async finish(held: HeldDelivery): Promise<void> {
    const { clock, keep, store } = this.#options
    const begun = this.#end(held)
    if (!begun) return
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const finished = await this.#ask(async () => {
        await store.finish(begun.key, begun.owner, keep)
        return true
      })
      if (finished) return
      await sleep(clock, backoffDelay(BACKOFF, attempt, clock.random))
    }
  }

  /** The message may be begun again, here or elsewhere. Tried once: the claim ends by itself. */
  async release(held: HeldDelivery): Promise<void> {
    const begun = this.#end(held)
    if (begun) await this.#ask(() => this.#options.store.release(begun.key, begun.owner))
  }

  /** Renews nothing any more, and waits for the calls under way. */
  async stop(): Promise<void> {
    this.#begun.clear()
    this.#alarm.cancel()
    await this.#renewals.idle()
  }

  #end(held: HeldDelivery): Begun | undefined {
    const begun = this.#begun.get(held)
    this.#begun.delete(held)
    if (this.#begun.size === 0) this.#alarm.cancel()
    return begun
  }

  #renew(): void {
    const { claim, clock, store } = this.#options
    for (const [held, { key, owner }] of this.#begun) {
      // Whoever has a lost message now is to begin with it as soon as the claim has ended.
      if (held.state === 'lost') continue
      this.#renewals.run(async () => void (await this.#ask(() => store.begin(key, owner, claim))))
    }
    if (this.#begun.size > 0) this.#alarm.ringBy(clock.now() + claim / 2)
  }

  async #ask<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await call()
      this.#options.onAnswer()
      return answer
    } catch (thrown) {
      this.#options.onFault(thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown }))
      return undefined
    }
  }
}

function checked(answer: unknown): 'begun' | 'done' | 'in-progress' {
  if (answer === 'begun' || answer === 'done' || answer === 'in-progress') return answer
  throw new Error(`The idempotency store's begin() answered ${quote(answer)}: write 'begun', 'done' or 'in-progress'.`)
}
