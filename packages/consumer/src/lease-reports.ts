import type { Clock, Events } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import type { Decoded, Undecoded } from './decoder.ts'
import type { LeaseLostError } from './errors.ts'
import type { ConsumerEvents } from './events.ts'
import { isWorthALine } from './fault-reports.ts'

/** Losses that are further apart have nothing to do with each other. */
const APART = 60_000

/** Tells of lost leases: an event each; of many at once ever fewer lines. */
export class LeaseReports {
  readonly #clock: Clock
  readonly #events: Events<ConsumerEvents>
  readonly #log: Logger
  #losses = 0
  #last = -Infinity

  constructor(clock: Clock, events: Events<ConsumerEvents>, log: Logger) {
    this.#clock = clock
    this.#events = events
    this.#log = log
  }

  lost({ id, type }: Decoded | Undecoded, error: LeaseLostError): void {
    const now = this.#clock.now()
    this.#losses = now - this.#last < APART ? this.#losses + 1 : 1
    this.#last = now
    this.#events.emit('lease-lost', { type: type ?? '', id, error })
    if (isWorthALine(this.#losses)) this.#log.warn({ type, id, losses: this.#losses, err: error }, error.message)
  }
}
