import { backoffDelay, type Clock, fullJitter, refusalOf } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import { isWorthALine } from './fault-reports.ts'

export interface PollPausesOptions {
  readonly clock: Clock
  readonly log: Logger
  /** Seconds. */
  readonly waitTime: number
}

/** No answer in time, a connection lost, AWS failed: usually over soon. */
const TRANSIENT = fullJitter(200, 20_000)
/** Throttled, too many in flight, no permission, no key, no queue: trying often helps nobody. */
const PERSISTENT = fullJitter(1_000, 60_000)

/** After the first empty answer that comes at once; twice as long after each further one. Milliseconds. */
const HASTY = 20

/** How long not to poll, after failures and after answers that came too fast; and the log lines about it. */
export class PollPauses {
  readonly #options: PollPausesOptions
  /** Failures in a row. Polls that are open at the same time end of the same cause: together they are one. */
  #failures = 0
  /** Raised by each failure and each hasty answer: polls opened before it tell nothing new when they end likewise. */
  #round = 0
  /** Answers in a row that were empty and came long before their wait was over. */
  #hasty = 0
  #until = 0

  constructor(options: PollPausesOptions) {
    this.#options = options
  }

  /** On the clock: no poll before. */
  get until(): number {
    return this.#until
  }

  /** Whether it is more than a blip. */
  get isOutage(): boolean {
    return this.#failures >= 2
  }

  /** For `answered` and `failed`: when a poll was opened. */
  get round(): number {
    return this.#round
  }

  /** SQS waits when there is nothing; what answers at once for nothing would be asked without pause. */
  answered(got: number, ms: number, round: number): void {
    const { clock, log, waitTime } = this.#options
    if (this.#failures > 0) log.info({ failures: this.#failures }, 'receive works again')
    this.#failures = 0
    if (got > 0 || ms >= waitTime * 500) this.#hasty = 0
    else if (round === this.#round) {
      this.#round++
      this.#until = clock.now() + Math.min(HASTY * 2 ** this.#hasty++, waitTime * 1_000)
    }
  }

  failed(thrown: unknown, round: number): void {
    if (round !== this.#round) return
    this.#round++
    this.#failures++
    const { clock, log } = this.#options
    const { error, verdict } = refusalOf(thrown)
    const delay = backoffDelay(verdict === 'now' ? TRANSIENT : PERSISTENT, this.#failures, clock.random)
    this.#until = clock.now() + delay
    if (!isWorthALine(this.#failures)) return
    // What somebody has to mend is an error: no permission, no queue, no key.
    const line = verdict === 'never' ? log.error.bind(log) : log.warn.bind(log)
    line({ failures: this.#failures, retryInMs: Math.round(delay) }, `receive failed: ${error.message}`)
  }
}
