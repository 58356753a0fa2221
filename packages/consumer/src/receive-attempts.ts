import { randomUUID } from 'node:crypto'
import type { Clock } from '@waybill/core'

/** One receive of a FIFO queue, told from others by its ReceiveRequestAttemptId. */
export interface ReceiveAttempt {
  readonly id: string
  /** How many messages it asks for: the same at each repetition. */
  readonly max: number
  readonly asked: number
  /** On the clock, until when repeating it may bring its messages. Undefined: its answer has not been lost. */
  readonly until: number | undefined
}

/** SQS knows an id for five minutes (ReceiveMessage). */
const KNOWN = 5 * 60_000

/**
 * Receives whose answers were lost: repeating one with its id gets the same messages again, instead of a group that stalls
 * until their visibility timeout ends.
 */
export class ReceiveAttempts {
  readonly #clock: Clock
  readonly #visibilityTimeout: number
  #lost: ReceiveAttempt[] = []

  /** The visibility timeout is in milliseconds. */
  constructor(clock: Clock, visibilityTimeout: number) {
    this.#clock = clock
    this.#visibilityTimeout = visibilityTimeout
  }

  /** A lost one that asked for no more than `max`, else a new one. */
  next(max: number): ReceiveAttempt {
    const now = this.#clock.now()
    this.#lost = this.#lost.filter(({ until = now }) => until > now)
    const index = this.#lost.findIndex((attempt) => attempt.max <= max)
    const [again] = index < 0 ? [] : this.#lost.splice(index, 1)
    return again ?? { id: randomUUID(), max, asked: now, until: undefined }
  }

  /** It was not answered, as far as we know: it is to be repeated, unless its messages are visible again by then. */
  lose(attempt: ReceiveAttempt): void {
    const { asked, until = Math.min(asked + KNOWN, this.#clock.now() + this.#visibilityTimeout) } = attempt
    this.#lost.push({ ...attempt, until })
  }
}
