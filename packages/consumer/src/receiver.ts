import { Alarm, type Clock, refusalOf, TrackedTasks, type TurnWatch } from '@waybill/core'
import { type Call, type Logger, type ReceivedMessage, type ReceiveRequest, SqsError } from '@waybill/sqs'
import type { Demand } from './demand.ts'
import { PollPauses } from './poll-pauses.ts'
import { type ReceiveAttempt, ReceiveAttempts } from './receive-attempts.ts'

export interface ReceiverOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly fifo: boolean
  /** Seconds. */
  readonly waitTime: number
  /** Seconds. */
  readonly visibilityTimeout: number
  readonly demand: Demand
  readonly receive: (request: ReceiveRequest, call: Call) => Promise<readonly ReceivedMessage[]>
  /** `heldSince` is on the clock: the lease began no earlier. */
  readonly accept: (messages: readonly ReceivedMessage[], heldSince: number, ms: number) => void
  readonly onFault: (error: Error) => void
}

const LEASE_MARGIN = 1_000
const ANSWER_MARGIN = 5_000

/** Polls as demand says; waits out what fails; never gives up until it is stopped. */
export class Receiver {
  readonly #options: ReceiverOptions
  readonly #polls: TrackedTasks
  readonly #alarm: Alarm
  readonly #cut = new AbortController()
  readonly #attempts: ReceiveAttempts
  readonly #pauses: PollPauses
  /** While a poll is open. */
  #turns: TurnWatch | undefined
  #state: 'idle' | 'polling' | 'paused' | 'stopped' = 'idle'
  /** On the clock: when a poll was last answered, and when one last began or ended. */
  #answered: number | undefined
  #moved = 0
  /** On the clock: since when there has been room, or a poll open, as far as anybody has looked. */
  #roomSince = Infinity

  constructor(options: ReceiverOptions) {
    this.#options = options
    this.#attempts = new ReceiveAttempts(options.clock, options.visibilityTimeout * 1_000)
    this.#pauses = new PollPauses(options)
    this.#alarm = new Alarm(options.clock, () => this.poke())
    this.#polls = new TrackedTasks((error) => options.log.error({ err: error }, 'a bug in Waybill: a poll failed'))
  }

  /** When SQS last answered a poll, on the clock. */
  get answered(): number | undefined {
    return this.#answered
  }

  /** For how many milliseconds there has been room, and no poll has begun or ended. */
  get stalledFor(): number {
    const now = this.#options.clock.now()
    if (this.#state !== 'polling' || !this.#hasRoom(now)) return 0
    return now - Math.max(this.#moved, this.#roomSince)
  }

  start(): void {
    this.#state = 'polling'
    this.#moved = this.#options.clock.now()
    this.poke()
  }

  /** No new poll until it is started again; what the open ones bring is accepted. */
  pause(): void {
    this.#state = 'paused'
    this.#alarm.cancel()
  }

  /** Something has changed: polls if there is room. */
  poke(): void {
    const { clock, demand } = this.#options
    // Told of every slot that is free: nothing to look at while no more polls may open anyway.
    while (this.#state === 'polling' && !demand.isFull) {
      const now = clock.now()
      this.#hasRoom(now)
      const decision = demand.decide(now)
      if (decision.kind === 'no-room') return
      const at = Math.max(this.#pauses.until, decision.kind === 'later' ? decision.at : now)
      if (now < at) return this.#alarm.ringBy(at)
      if (decision.kind === 'poll') this.#open(decision.max, now)
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

  #hasRoom(now: number): boolean {
    const { demand } = this.#options
    const hasRoom = demand.open > 0 || demand.room > 0
    this.#roomSince = hasRoom ? Math.min(this.#roomSince, now) : Infinity
    return hasRoom
  }

  #open(max: number, now: number): void {
    const attempt = this.#attempts.next(max)
    this.#options.demand.opened(attempt.max, now)
    this.#moved = now
    this.#turns ??= this.#options.clock.watchTurns(turnsEvery(this.#options.visibilityTimeout))
    this.#polls.run(() => this.#poll(attempt, now))
  }

  async #poll(attempt: ReceiveAttempt, asked: number): Promise<void> {
    const { accept, clock, demand, fifo, receive, visibilityTimeout, waitTime } = this.#options
    const { id, max } = attempt
    const { round } = this.#pauses
    try {
      const messages = await receive(
        { max, wait: waitTime, visibilityTimeout, attemptId: fifo ? id : undefined },
        { timeout: waitTime * 1_000 + ANSWER_MARGIN, signal: this.#cut.signal },
      )
      const now = clock.now()
      this.#answered = now
      demand.answered(messages.length, max, now - asked)
      this.#pauses.answered(messages.length, now - asked, round)
      // The lease began while the poll was open; had the loop been blocked, the answer may have lain there for as long.
      accept(messages, Math.max(asked, this.#turns?.earliest ?? asked) - LEASE_MARGIN, now - asked)
    } catch (error) {
      this.#failed(error, attempt, round)
    }
    this.#moved = clock.now()
    demand.closed(max)
    if (demand.open === 0) this.#unwatch()
    this.poke()
  }

  #unwatch(): void {
    this.#turns?.stop()
    this.#turns = undefined
  }

  #failed(thrown: unknown, attempt: ReceiveAttempt, round: number): void {
    if (this.#cut.signal.aborted) return
    const { error, unknown } = refusalOf(thrown)
    const repeated = attempt.until !== undefined
    // Something has happened to its messages since: they come by themselves, and a new attempt gets others.
    if (repeated && error instanceof SqsError && error.code === 'invalid-request') return
    if (this.#options.fifo && (unknown || repeated)) this.#attempts.lose(attempt)
    this.#options.onFault(error)
    this.#pauses.failed(thrown, round)
    if (this.#pauses.isOutage) this.#options.demand.narrow()
  }
}

/**
 * How often to look whether the event loop turns, in milliseconds. A lease may have begun up to two looks before its message
 * is read, and each look wakes the process.
 */
function turnsEvery(visibilityTimeout: number): number {
  return Math.min(1_000, Math.max(250, (visibilityTimeout * 1_000) / 30))
}
