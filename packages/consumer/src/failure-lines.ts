import type { Logger } from '@waybill/sqs'
import { isWorthALine } from './fault-reports.ts'

/** Log lines about attempts that fail: each one while others succeed; ever fewer while nothing of its type does. */
export class FailureLines {
  readonly #log: Logger
  /** Failures in a row, by type. */
  readonly #failures = new Map<string, number>()

  constructor(log: Logger) {
    this.#log = log
  }

  failed(
    type: string,
    fields: { readonly attempt: number; readonly [name: string]: unknown },
    reason: string | undefined,
  ): void {
    const failures = (this.#failures.get(type) ?? 0) + 1
    this.#failures.set(type, failures)
    if (!isWorthALine(failures)) return
    const why = reason === undefined ? '' : `: ${reason}`
    this.#log.warn({ type, failures, ...fields }, `attempt ${fields.attempt} failed${why}`)
  }

  /** One has succeeded. */
  over(type: string): void {
    if (this.#failures.size > 0) this.#failures.delete(type)
  }
}
