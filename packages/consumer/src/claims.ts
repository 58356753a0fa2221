import { Alarm, backoffDelay, fullJitter, OptionsError, quote, sleep, TrackedTasks } from '@waybill/core'
import type { Delivery } from './context.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { IdempotencyStore } from './idempotency.ts'
import { StoreCalls, type StoreCallsOptions } from './store-calls.ts'
import { StoreProbe } from './store-probe.ts'

export interface ClaimsOptions extends StoreCallsOptions {
  readonly store: IdempotencyStore
  readonly key: (delivery: Delivery) => string
  /** Milliseconds. */
  readonly keep: number
  readonly queueName: string
  /** This consumer, told from all others. */
  readonly owner: string
  /** More may be received. */
  readonly onRoom: () => void
  readonly onBug: (error: unknown) => void
}

/** Where a message stands with the idempotency store. `unknown`: it did not answer. */
export type Claim = 'begun' | 'done' | 'in-progress' | 'unknown'

const TRIES = 8
const BACKOFF = fullJitter(200, 5_000)

/** A key, and who has begun it: each delivery is an owner of its own, since two may have one key. */
interface Begun {
  readonly key: string
  readonly owner: string
  /** One that came to the store after the end of its claim would claim the key again. */
  renewal?: Promise<void> | undefined
}

/** What this consumer has begun in the idempotency store. One timer renews it all. */
export class Claims {
  readonly #options: ClaimsOptions
  readonly #begun = new Map<HeldDelivery, Begun>()
  /** By key, what is being told to the store: whoever asks meanwhile waits for that. */
  readonly #finishing = new Map<string, Promise<void>>()
  /** By delivery that waits for the store: since when, on the clock, and how often it has asked. */
  readonly #waiting = new WeakMap<HeldDelivery, { readonly since: number; asks: number }>()
  readonly #alarm: Alarm
  readonly #renewals: TrackedTasks
  readonly #calls: StoreCalls
  readonly #probe: StoreProbe
  readonly #closing = new AbortController()
  #owners = 0

  constructor(options: ClaimsOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.clock, () => this.#renew())
    this.#renewals = new TrackedTasks(options.onBug)
    this.#calls = new StoreCalls(options)
    this.#probe = new StoreProbe(options.clock, () => this.#calls.isDown, options.onRoom)
  }

  /** How many more messages may be received: while the store answers nobody, one now and then. */
  get room(): number {
    return this.#probe.room
  }

  /**
   * Rejects with what is wrong with the user's `key`, or with what the store says of a key that it refuses again and again
   * while it answers for others.
   */
  async begin(held: HeldDelivery, delivery: Delivery): Promise<Claim> {
    const { claim, clock, store } = this.#options
    const key = this.#keyOf(delivery)
    await this.#finishing.get(key)
    const owner = `${this.#options.owner}/${++this.#owners}`
    const asked = clock.now()
    if (!this.#waiting.has(held)) this.#probe.asked()
    const told = await this.#calls.ask(
      async () => checked(await store.begin(key, owner, claim)),
      (late) => late === 'begun' && this.#release({ key, owner }),
    )
    const waiting = this.#waiting.get(held) ?? { since: asked, asks: 0 }
    this.#waiting.set(held, waiting)
    waiting.asks++
    if (!told.ok) {
      if (waiting.asks >= TRIES && this.#calls.answered > waiting.since) throw told.error
      return 'unknown'
    }
    if (told.answer === 'begun') {
      this.#waiting.delete(held)
      this.#begun.set(held, { key, owner })
      this.#alarm.ringBy(asked + claim / 2)
    }
    return told.answer
  }

  /** How often the delivery has asked, and was not let begin. */
  asksOf(held: HeldDelivery): number {
    return this.#waiting.get(held)?.asks ?? 0
  }

  /** The consumer stops: what is handled is told to the store once. */
  close(): void {
    this.#closing.abort()
  }

  /** The time of the stop is nearly up: no answer is waited for. */
  hurry(): void {
    this.#calls.hurry()
  }

  /** The message is handled. Tried again for a while: a store that does not know lets it be handled twice. */
  finish(held: HeldDelivery): Promise<void> {
    const begun = this.#end(held)
    if (!begun) return Promise.resolve()
    const finished = this.#finish(begun).then(() => {
      if (this.#finishing.get(begun.key) === finished) this.#finishing.delete(begun.key)
    })
    this.#finishing.set(begun.key, finished)
    return finished
  }

  /** The message may be begun again, here or elsewhere. Tried once: the claim ends by itself. */
  async release(held: HeldDelivery): Promise<void> {
    const begun = this.#end(held)
    await begun?.renewal
    if (begun) await this.#calls.ask(() => this.#options.store.release(begun.key, begun.owner))
  }

  /** Renews nothing any more, and waits for the calls under way. */
  async stop(): Promise<void> {
    this.#begun.clear()
    this.#alarm.cancel()
    this.#probe.stop()
    await this.#renewals.idle()
  }

  async #finish({ key, owner, renewal }: Begun): Promise<void> {
    const { clock, keep, store } = this.#options
    const { signal } = this.#closing
    await renewal
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const { ok } = await this.#calls.ask(() => store.finish(key, owner, keep))
      if (ok || signal.aborted) return
      await sleep(clock, backoffDelay(BACKOFF, attempt, clock.random), signal)
    }
  }

  /** Of what was begun too late for anybody to handle. */
  #release({ key, owner }: Begun): void {
    this.#renewals.run(async () => void (await this.#calls.ask(() => this.#options.store.release(key, owner))))
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
    const now = clock.now()
    for (const [held, begun] of this.#begun) {
      // Whoever has a lost message now is to begin with it as soon as the claim has ended.
      if (held.state === 'lost' || begun.renewal) continue
      const { key, owner } = begun
      const isOver = () => this.#begun.get(held) !== begun
      const renewed = this.#calls
        .ask(
          () => store.begin(key, owner, claim),
          (late) => late === 'begun' && isOver() && this.#release(begun),
        )
        .then(({ ok }) => {
          begun.renewal = undefined
          // A claim has no second half to wait for.
          if (!ok && !isOver()) this.#alarm.ringBy(clock.now() + claim / 16)
        })
      begun.renewal = renewed
      this.#renewals.run(() => renewed)
    }
    if (this.#begun.size > 0) this.#alarm.ringBy(now + claim / 2)
  }
}

function checked(answer: unknown): 'begun' | 'done' | 'in-progress' {
  if (answer === 'begun' || answer === 'done' || answer === 'in-progress') return answer
  throw new Error(`The idempotency store's begin() answered ${quote(answer)}: write 'begun', 'done' or 'in-progress'.`)
}
