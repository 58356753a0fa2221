import { type Clock, sleep } from '@waybill/core'

export interface StoreCallsOptions {
  readonly clock: Clock
  /** How long a claim holds when its process dies: as long as the message is hidden. Milliseconds. */
  readonly claim: number
  readonly onFault: (error: Error) => void
  readonly onAnswer: () => void
}

/** The most that a call may take, in milliseconds. */
const DEADLINE = 10_000

/** Calls of the idempotency store, each with a deadline of its own. Nothing that a store does is thrown. */
export class StoreCalls {
  readonly #options: StoreCallsOptions
  readonly #deadline: number

  constructor(options: StoreCallsOptions) {
    this.#options = options
    this.#deadline = Math.min(DEADLINE, options.claim / 4)
  }

  /** Undefined when it fails, or does not answer in time. */
  async ask<T>(call: () => Promise<T>): Promise<T | undefined> {
    const { onAnswer, onFault } = this.#options
    const answered = new AbortController()
    try {
      const answer = await Promise.race([call(), this.#tooLate(answered.signal)])
      onAnswer()
      return answer
    } catch (thrown) {
      onFault(thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown }))
      return undefined
    } finally {
      answered.abort()
    }
  }

  async #tooLate(answered: AbortSignal): Promise<never> {
    await sleep(this.#options.clock, this.#deadline, answered)
    throw new Error(`The idempotency store did not answer within ${this.#deadline} ms.`)
  }
}
