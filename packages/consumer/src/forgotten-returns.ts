import type { Logger } from '@waybill/sqs'
import { DONE, type Outcome, type Run } from './outcome.ts'

/** Tells a handler that is done from one that made an outcome and forgot to return it. */
export class ForgottenReturns {
  readonly #log: Logger
  readonly #warned = new Set<string>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** What a run that returned nothing means: done, or the outcome it made. Repeating work beats losing it. */
  settle(run: Run, type: string, who: 'handler' | 'middleware'): Outcome {
    const { made } = run
    if (!made) return DONE
    run.made = undefined
    if (!this.#warned.has(type)) {
      this.#warned.add(type)
      const call = made.outcome === 'retry' ? 'retry()' : 'deadLetter()'
      this.#log.warn(
        { type },
        `a ${who} of ${type} made ${call} but did not return it; taken as returned. Write \`return\` before it.`,
      )
    }
    return made
  }
}
