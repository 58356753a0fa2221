import { Alarm, backoffDelay, fullJitter, OptionsError, quote, sleep, TrackedTasks } from '@waybill/core'
import type { Delivery } from './context.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { IdempotencyStore } from './idempotency.ts'
import { StoreCalls, type StoreCallsOptions } from './store-calls.ts'

export interface ClaimsOptions extends StoreCallsOptions {
  readonly store: IdempotencyStore
  readonly key: (delivery: Delivery) => string
  /** Milliseconds. */
  readonly keep: number
  readonly queueName: string
  /** This consumer, told from all others. */
  readonly owner: string
  /** Whether nothing may start: then the store is not asked. */
  readonly paused: () => boolean
  readonly onBug: (error: unknown) => void
}

/** Where a message stands with the idempotency store. `given-up`: that was not to be learnt in time. */
export type Claim = 'begun' | 'done' | 'in-progress' | 'given-up'

const TRIES = 8
const BACKOFF = fullJitter(200, 5_000)
/** For asking again before a start: many may wait at once. */
const PATIENT = fullJitter(1_000, 30_000)

/** A key, and who has begun it: each delivery is an owner of its own, since two may have one key. */
interface Begun {
  readonly key: string
  readonly owner: string
  /** One that came to the store after the end of its claim would claim the key again. */
  renewal?: Promise<void>
}

/** What this consumer has begun in the idempotency store. One timer renews it all. */
export class Claims {
  readonly #options: ClaimsOptions
  readonly #begun = new Map<HeldDelivery, Begun>()
  readonly #alarm: Alarm
  readonly #renewals: TrackedTasks
  readonly #calls: StoreCalls
  readonly #closing = new AbortController()
  #giveUp = new AbortController()
  #owners = 0

  constructor(options: ClaimsOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.clock, () => this.#renew())
    this.#renewals = new TrackedTasks(options.onBug)
    this.#calls = new StoreCalls(options)
  }

  /**
   * Asks until the store answers, `giveUp` is called or the lease is lost: waiting here, in its slot, spends no attempt, and
   * keeps the consumer from receiving more than it can handle. Rejects with what is wrong with the user's `key`.
   */
  async begin(held: HeldDelivery, delivery: Delivery): Promise<Claim> {
    const { claim, clock, paused, store } = this.#options
    const key = this.#keyOf(delivery)
    const owner = `${this.#options.owner}/${++this.#owners}`
    const { signal } = this.#giveUp
    for (let attempt = 1; held.state !== 'lost' && !signal.aborted; attempt++) {
      const answer = paused()
        ? undefined
        : await this.#calls.ask(async () => checked(await store.begin(key, owner, claim)))
      if (answer === 'begun') {
        this.#begun.set(held, { key, owner })
        this.#alarm.ringBy(clock.now() + claim / 2)
      }
      // What was answered while the consumer was being paused or stopped starts nothing.
      if (answer && !paused() && !signal.aborted) return answer
      await sleep(clock, backoffDelay(PATIENT, attempt, clock.random), signal)
    }
    return 'given-up'
  }

  /** What waits for the store is told so: the consumer is paused for long. */
  giveUp(): void {
    this.#giveUp.abort()
    this.#giveUp = new AbortController()
  }

  /** The consumer stops: nothing waits for the store any more. */
  close(): void {
    this.#giveUp.abort()
    this.#closing.abort()
  }

  /** The message is handled. Tried again for a while: a store that does not know lets it be handled twice. */
  async finish(held: HeldDelivery): Promise<void> {
    const { clock, keep, store } = this.#options
    const { signal } = this.#closing
    const begun = this.#end(held)
    if (!begun) return
    await begun.renewal
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const finished = await this.#calls.ask(async () => {
        await store.finish(begun.key, begun.owner, keep)
        return true
      })
      if (finished || signal.aborted) return
      await sleep(clock, backoffDelay(BACKOFF, attempt, clock.random), signal)
    }
  }

  /** The message may be begun again, here or elsewhere. Tried once: the claim ends by itself. */
  async release(held: HeldDelivery): Promise<void> {
    const begun = this.#end(held)
    if (!begun) return
    await begun.renewal
    await this.#calls.ask(() => this.#options.store.release(begun.key, begun.owner))
  }

  /** Renews nothing any more, and waits for the calls under way. */
  async stop(): Promise<void> {
    this.#begun.clear()
    this.#alarm.cancel()
    await this.#renewals.idle()
  }

  /** Two types may well have the same key, an order's say, and are not the same work. */
  #keyOf(delivery: Delivery): string {
    const key: unknown = this.#options.key(delivery)
    if (typeof key === 'string' && key !== '') return `${this.#options.queueName}/${delivery.type}/${key}`
    throw new OptionsError(
      `idempotency.key: ${quote(key)} for a message of ${delivery.type} is no key. Return a text that no other work has.`,
    )
  }

  #end(held: HeldDelivery): Begun | undefined {
    const begun = this.#begun.get(held)
    this.#begun.delete(held)
    if (this.#begun.size === 0) this.#alarm.cancel()
    return begun
  }

  #renew(): void {
    const { claim, clock, store } = this.#options
    for (const [held, begun] of this.#begun) {
      // Whoever has a lost message now is to begin with it as soon as the claim has ended.
      if (held.state === 'lost') continue
      const renewed = this.#calls.ask(() => store.begin(begun.key, begun.owner, claim)).then(() => {})
      begun.renewal = renewed
      this.#renewals.run(() => renewed)
    }
    if (this.#begun.size > 0) this.#alarm.ringBy(clock.now() + claim / 2)
  }
}

function checked(answer: unknown): 'begun' | 'done' | 'in-progress' {
  if (answer === 'begun' || answer === 'done' || answer === 'in-progress') return answer
  throw new Error(`The idempotency store's begin() answered ${quote(answer)}: write 'begun', 'done' or 'in-progress'.`)
}
