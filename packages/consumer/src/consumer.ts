import type { Duration } from '@waybill/core'
import type { State } from './consumer-state.ts'
import type { StopReport } from './drain.ts'
import type { ConsumerEvents } from './events.ts'
import type { Health } from './health.ts'

export interface StopOptions {
  /** Bounds the whole stop; 5 s before, the handlers' signals abort. Default: the consumer's `stopTimeout`. The first call's counts. */
  readonly timeout?: Duration | undefined
  /** Does not wait for the open poll: faster, but what SQS is just handing out stays hidden for its visibility timeout. Default false. */
  readonly cutPolls?: boolean | undefined
}

/** Handles the messages of one queue. `await using` stops it. */
export interface Consumer extends AsyncDisposable {
  /** The declared name of its queue. */
  readonly queue: string
  readonly state: State
  /** Resolves when it has stopped, whoever stopped it. Never rejects. */
  readonly stopped: Promise<StopReport>
  /**
   * Finds the queue and begins to poll. While the network is down or AWS throttles it keeps trying, until `stop`.
   *
   * @throws {SqsError} when the queue, the permission, the region or the credentials are missing; it says which.
   * @throws {ConsumerError} when it has been stopped.
   */
  start(): Promise<void>
  /**
   * Starts, and resolves when the consumer has stopped: by `stop`, SIGTERM or SIGINT. A second signal, at least half a second
   * later, cuts the open polls. Never ends the process, which ends by itself when nothing else keeps it. For several
   * consumers in one process there is `runConsumers`.
   *
   * @throws as `start` does.
   */
  run(): Promise<StopReport>
  /**
   * Starts nothing new until `resume`: no poll, no handler. Handlers that run go on. What was received and has not started is
   * kept for half a visibility timeout, so that a short pause costs nothing, and then given back. Twice is once.
   * Nothing when it stops or has stopped: a deploy may come before.
   *
   * @throws {ConsumerError} when it has not started.
   */
  pause(): void
  /**
   * Goes on after a pause. Nothing when it stops or has stopped.
   *
   * @throws {ConsumerError} when it has not started.
   */
  resume(): void
  /**
   * Stops in order: no new receive, what has not started is given back, handlers finish, deletes are flushed. The open
   * poll may take its `waitTime`: cutting it would hide what SQS is just handing out. May be called more than once: all
   * get the same report.
   */
  stop(options?: StopOptions): Promise<StopReport>
  /** How it is: for probes and metrics. Costs nothing but the call. */
  health(): Health
  /** Listens until the returned value is disposed of. */
  on<Name extends keyof ConsumerEvents>(name: Name, listener: (event: ConsumerEvents[Name]) => void): Disposable
}
