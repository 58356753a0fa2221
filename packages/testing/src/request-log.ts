import type { Clock } from '@waybill/core'
import type { ApiCall } from './api-call.ts'

/** A call of SQS or SNS that was made to a simulation. */
export interface SimulatedRequest extends Omit<ApiCall, 'signal'> {
  /** Milliseconds on the simulation's clock. */
  readonly at: number
  readonly outcome: 'open' | 'answered' | 'failed'
  /** What it failed with. */
  readonly error: unknown
}

/** Every request, in the order in which they were made. */
export class RequestLog {
  readonly #clock: Clock
  readonly #requests: SimulatedRequest[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get all(): readonly SimulatedRequest[] {
    return this.#requests
  }

  /** Keeps only those that are open. */
  forget(): void {
    const open = this.#requests.filter(({ outcome }) => outcome === 'open')
    this.#requests.splice(0, Infinity, ...open)
  }

  /** Notes it before it is made, so that calls which it sets off come after it. */
  async note(call: ApiCall, make: () => Promise<unknown>): Promise<unknown> {
    const { signal: _, ...said } = call
    const request = {
      ...said,
      at: this.#clock.now(),
      outcome: 'open' as SimulatedRequest['outcome'],
      error: undefined as unknown,
    }
    this.#requests.push(request)
    try {
      const answer = await make()
      request.outcome = 'answered'
      return answer
    } catch (error) {
      request.outcome = 'failed'
      request.error = error
      throw error
    }
  }
}
