import { Alarm, backoffDelay, type Clock, fullJitter, refusalOf, TrackedTasks, type TurnWatch } from '@waybill/core'
import {
  BATCH_ENTRIES,
  type Call,
  type Logger,
  type ReceivedMessage,
  type ReceiveRequest,
  SqsError,
} from '@waybill/sqs'
import { isWorthALine } from './fault-reports.ts'
import { type ReceiveAttempt, ReceiveAttempts } from './receive-attempts.ts'

export interface ReceiverOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly fifo: boolean
  readonly capacity: number
  /** Seconds. */
  readonly waitTime: number
  /** Seconds. */
  readonly visibilityTimeout: number
  readonly maxPolls: number
  readonly receive: (request: ReceiveRequest, call: Call) => Promise<readonly ReceivedMessage[]>
  /** How many more may be taken, polls under way not counted. */
  readonly free: () => number
  /** Mean handler time in milliseconds, 0 while unknown. */
  readonly meanHandlerTime: () => number
  /** `heldSince` is on the clock: the lease began no earlier. */
  readonly accept: (messages: readonly ReceivedMessage[], heldSince: number, ms: number) => void
  readonly onFault: (error: Error) => void
}

const LEASE_MARGIN = 1_000
const ANSWER_MARGIN = 5_000
const TRANSIENT = fullJitter(200, 20_000)
const PERSISTENT = fullJitter(1_000, 60_000)

/** Polls for as many messages as there is room for; backs off from errors; never gives up until it is stopped. */
export class Receiver {
  readonly #options: ReceiverOptions
  readonly #polls: TrackedTasks
  readonly #alarm: Alarm
  readonly #cut = new AbortController()
  /** While a poll is open. */
  #turns: TurnWatch | undefined
  readonly #attempts: ReceiveAttempts
  #state: 'idle' | 'polling' | 'stopped' = 'idle'
  #open = 0
  #reserved = 0
  #allowed = 1
  #lean = 0
  /** Failures in a row. Polls that are open at the same time fail of the same cause: together they are one. */
  #failures = 0
  /** Raised by each failure: polls opened before it tell nothing new when they fail too. */
  #round = 0
  /** Answers in a row that were empty and came long before their wait was over. */
  #hasty = 0
  #notBefore = 0
  #partialSince: number | undefined

  constructor(options: ReceiverOptions) {
    this.#options = options
    this.#attempts = new ReceiveAttempts(options.clock, options.visibilityTimeout * 1_000)
    this.#alarm = new Alarm(options.clock, () => this.poke())
    this.#polls = new TrackedTasks((error) => options.log.error({ err: error }, 'a bug in Waybill: a poll failed'))
  }

  start(): void {
    this.#state = 'polling'
    this.poke()
  }

  /** Something has changed: polls if there is room. */
  poke(): void {
    while (this.#state === 'polling' && this.#open < this.#allowed) {
      const { capacity, clock, free } = this.#options
      const now = clock.now()
      if (now < this.#notBefore) return this.#alarm.ringBy(this.#notBefore)
      const max = Math.min(BATCH_ENTRIES, free() - this.#reserved)
      if (max <= 0) return
      if (max < Math.min(BATCH_ENTRIES, capacity)) {
        // A few more slots may be free in a moment: one receive for all of them.
        this.#partialSince ??= now
        const due = this.#partialSince + Math.min(50, this.#options.meanHandlerTime() / 10)
        if (now < due) return this.#alarm.ringBy(due)
      }
      this.#partialSince = undefined
      const attempt = this.#attempts.next(max)
      this.#reserved += attempt.max
      this.#open++
      this.#turns ??= clock.watchTurns()
      this.#polls.run(() => this.#poll(attempt))
    }
  }

  /** No new poll; resolves when the open ones have ended. What they bring is accepted. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#alarm.cancel()
    await this.#polls.idle()
  }

  /** Cuts the open polls. What SQS has given to them already stays hidden for its visibility timeout. */
  abort(): void {
    this.#cut.abort()
  }

  async #poll(attempt: ReceiveAttempt): Promise<void> {
    const { accept, clock, fifo, receive, visibilityTimeout, waitTime } = this.#options
    const { id, max } = attempt
    const round = this.#round
    const asked = clock.now()
    try {
      const messages = await receive(
        { max, wait: waitTime, visibilityTimeout, attemptId: fifo ? id : undefined },
        { timeout: waitTime * 1_000 + ANSWER_MARGIN, signal: this.#cut.signal },
      )
      this.#worked()
      this.#adapt(messages.length, max)
      this.#calm(messages.length, clock.now() - asked)
      // The lease began while the poll was open; had the loop been blocked, the answer may have lain there for as long.
      accept(messages, Math.max(asked, this.#turns?.earliest ?? asked) - LEASE_MARGIN, clock.now() - asked)
    } catch (error) {
      this.#failed(error, attempt, round)
    }
    if (--this.#open === 0) this.#unwatch()
    this.#reserved -= max
    this.poke()
  }

  #unwatch(): void {
    this.#turns?.stop()
    this.#turns = undefined
  }

  #adapt(got: number, asked: number): void {
    this.#lean = got < asked / 2 ? this.#lean + 1 : 0
    if (got === asked) this.#allowed = Math.min(this.#allowed + 1, this.#options.maxPolls)
    else if (got === 0 || this.#lean >= 2) this.#allowed = Math.max(1, this.#allowed - 1)
  }

  /** SQS waits when there is nothing; what answers at once for nothing would be asked without pause. */
  #calm(got: number, ms: number): void {
    const { clock, waitTime } = this.#options
    this.#hasty = got === 0 && ms < waitTime * 500 ? this.#hasty + 1 : 0
    if (this.#hasty > 0) this.#notBefore = clock.now() + Math.min(100 * 2 ** (this.#hasty - 1), waitTime * 1_000)
  }

  #worked(): void {
    if (this.#failures > 0) this.#options.log.info({ failures: this.#failures }, 'receive works again')
    this.#failures = 0
  }

  #failed(thrown: unknown, attempt: ReceiveAttempt, round: number): void {
    if (this.#cut.signal.aborted) return
    const { error, unknown, verdict } = refusalOf(thrown)
    const repeated = attempt.until !== undefined
    // Something has happened to its messages since: they come by themselves, and a new attempt gets others.
    if (repeated && error instanceof SqsError && error.code === 'invalid-request') return
    if (this.#options.fifo && (unknown || repeated)) this.#attempts.lose(attempt)
    this.#options.onFault(error)
    if (round !== this.#round) return
    this.#round++
    this.#failures++
    const { clock } = this.#options
    const delay = backoffDelay(verdict === 'now' ? TRANSIENT : PERSISTENT, this.#failures, clock.random)
    this.#notBefore = clock.now() + delay
    if (isWorthALine(this.#failures)) {
      this.#options.log.warn(
        { failures: this.#failures, retryInMs: Math.round(delay) },
        `receive failed: ${error.message}`,
      )
    }
  }
}
