import type { Clock } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import type { Undecoded } from './decoder.ts'
import { type Next, releaseAfter } from './turn.ts'

/** Senders choose what they call a type: so many are remembered. */
const MANY = 1_000

/** Leaves messages of unknown types and newer versions to others, for a while; says so once for each. */
export class NotYet {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #delay: number
  readonly #told = new Set<string>()

  /** The delay is in milliseconds; up to half of it is taken off at random. */
  constructor(clock: Clock, log: Logger, delay: number) {
    this.#clock = clock
    this.#log = log
    this.#delay = delay
  }

  leave({ error, type, version }: Undecoded): Next {
    const what = `${type} v${version}`
    if (!this.#told.has(what)) {
      if (this.#told.size === MANY) this.#told.clear()
      this.#told.add(what)
      this.#log.warn(
        { type, version, releasedForMs: this.#delay },
        `not known here yet, left for a newer deployment: ${error.message}`,
      )
    }
    return releaseAfter(this.#delay * (1 - this.#clock.random() / 2))
  }
}
