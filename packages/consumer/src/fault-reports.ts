import type { Events } from '@waybill/core'
import type { EntryResult, Logger } from '@waybill/sqs'
import type { ConsumerEvents } from './events.ts'

/** The first of many failures in a row is logged, then ever fewer: an outage of hours is a handful of lines. */
export function isWorthALine(failures: number): boolean {
  return Number.isInteger(Math.log2(failures))
}

/** Tells of one kind of call when it fails: an event each time, a line now and then. */
export class FaultReports {
  readonly #call: ConsumerEvents['fault']['call']
  readonly #events: Events<ConsumerEvents>
  readonly #log: Logger
  readonly #level: 'warn' | 'error'
  #failures = 0

  /** `level` says how loud its lines are: an error is what keeps the consumer from its work. */
  constructor(
    call: ConsumerEvents['fault']['call'],
    events: Events<ConsumerEvents>,
    log: Logger,
    level: 'warn' | 'error' = 'warn',
  ) {
    this.#level = level
    this.#call = call
    this.#events = events
    this.#log = log
  }

  failed(error: Error): void {
    const failures = ++this.#failures
    this.#events.emit('fault', { call: this.#call, error })
    if (isWorthALine(failures)) this.#log[this.#level]({ failures }, `${this.#call} failed: ${error.message}`)
  }

  worked(): void {
    if (this.#failures > 0) this.#log.info({ failures: this.#failures }, `${this.#call} works again`)
    this.#failures = 0
  }

  /** Makes the call and tells of what fails of it; the caller deals with it. */
  async watch(call: () => Promise<readonly EntryResult<void>[]>): Promise<readonly EntryResult<void>[]> {
    try {
      const results = await call()
      const refused = results.find((result) => !result.ok)
      if (refused?.ok === false) this.failed(refused.error)
      else this.worked()
      return results
    } catch (error) {
      if (error instanceof Error) this.failed(error)
      throw error
    }
  }
}
