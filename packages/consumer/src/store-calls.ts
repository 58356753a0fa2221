import { type Clock, sleep } from '@waybill/core'

export interface StoreCallsOptions {
  readonly clock: Clock
  /** How long a claim holds when its process dies: as long as the message is hidden. Milliseconds. */
  readonly claim: number
  readonly onFault: (error: Error) => void
  readonly onAnswer: () => void
}

export type Asked<T> = { readonly ok: true; readonly answer: T } | { readonly ok: false; readonly error: Error }

/** The most that a call may take, in milliseconds. */
const DEADLINE = 10_000
/** Failures in a row that are no blip. */
const OUTAGE = 3

/** Calls of the idempotency store, each with a deadline of its own. Nothing that a store does is thrown. */
export class StoreCalls {
  readonly #options: StoreCallsOptions
  readonly #open = new Set<AbortController>()
  #deadline: number
  #failures = 0
  /** On the clock. */
  #answered = -Infinity

  constructor(options: StoreCallsOptions) {
    this.#options = options
    this.#deadline = Math.min(DEADLINE, options.claim / 4)
  }

  /** When it last answered, on the clock. */
  get answered(): number {
    return this.#answered
  }

  /** Whether it answers nobody. */
  get isDown(): boolean {
    return this.#failures >= OUTAGE
  }

  /** `onLate` gets an answer that nobody has waited for. */
  async ask<T>(call: () => Promise<T>, onLate?: (answer: T) => void): Promise<Asked<T>> {
    const { clock, onAnswer, onFault } = this.#options
    const done = new AbortController()
    this.#open.add(done)
    let isLate = false
    try {
      const calling = call()
      if (onLate) calling.then((answer) => isLate && onLate(answer)).catch(() => {})
      const answer = await Promise.race([calling, this.#tooLate(done.signal)])
      this.#failures = 0
      this.#answered = clock.now()
      onAnswer()
      return { ok: true, answer }
    } catch (thrown) {
      isLate = true
      this.#failures++
      const error = thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown })
      onFault(error)
      return { ok: false, error }
    } finally {
      this.#open.delete(done)
      done.abort()
    }
  }

  /** No answer is waited for any more. */
  hurry(): void {
    this.#deadline = 0
    for (const done of this.#open) done.abort()
  }

  async #tooLate(done: AbortSignal): Promise<never> {
    const deadline = this.#deadline
    await sleep(this.#options.clock, deadline, done)
    throw new Error(`The idempotency store did not answer within ${deadline} ms.`)
  }
}
