import { type Clock, type Events, LinkedList } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import { Batches } from './batches.ts'
import type { Delivery } from './context.ts'
import { createContext, extended } from './create-context.ts'
import type { Decoded } from './decoder.ts'
import { HandlerTimeoutError, NonRetryableError, thrownError } from './errors.ts'
import type { ConsumerEvents } from './events.ts'
import { ForgottenReturns } from './forgotten-returns.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { LeaseManager } from './lease-manager.ts'
import { onion } from './middleware.ts'
import type { ResolvedOptions } from './options.ts'
import { checkDelay, checkMeant, isOutcome, type Outcome, type Run, runs } from './outcome.ts'
import type { ResolvedHandler } from './resolve-handlers.ts'
import type { Slots } from './slots.ts'
import type { Turn } from './turn.ts'

export interface HandlerRunsOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly leases: LeaseManager
  readonly events: Events<ConsumerEvents>
  readonly options: ResolvedOptions
  readonly slots: Slots
}

interface Running {
  readonly held: HeldDelivery
  /** On the clock. */
  readonly since: number
}

/** How a run ended; `error` is what was thrown. `unhandled`: the middleware ran, the handler was not called after all. */
export type Ran =
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly error: Error | undefined; readonly ms: number }
  | { readonly kind: 'unhandled' }

/** Runs handlers: through the middleware, one by one or in batches, under their timeouts. What they throw becomes data. */
export class HandlerRuns {
  readonly #options: HandlerRunsOptions
  readonly #forgotten: ForgottenReturns
  readonly #batches = new Map<string, Batches>()
  /** A list: in V8, an old map keeps what went through it until the next full collection. */
  readonly #running = new LinkedList<Running>()
  #meanTime = 0

  constructor(options: HandlerRunsOptions) {
    this.#options = options
    const { clock, leases, log, slots } = options
    this.#forgotten = new ForgottenReturns(log)
    for (const [type, handler] of options.options.handlers) {
      if (!handler.batch) continue
      this.#batches.set(type, new Batches({ type, handler, clock, log, slots, leases, forgotten: this.#forgotten }))
    }
  }

  /** Milliseconds that a handler takes, the recent ones weighing more; 0 while unknown. */
  get meanTime(): number {
    return this.#meanTime
  }

  /** The deliveries whose handlers have not ended, the oldest first. */
  get running(): LinkedList<Running> {
    return this.#running
  }

  /** Whether any messages are handled in batches. */
  get gathers(): boolean {
    return this.#batches.size > 0
  }

  /** Whether messages of the type are. */
  isGathered(type: string): boolean {
    return this.#batches.has(type)
  }

  /** Resolves when the handler has ended. Never rejects. */
  async run(turn: Turn, decoded: Decoded, handler: ResolvedHandler): Promise<Ran> {
    const { clock, events, leases, log, options } = this.#options
    const { held } = turn
    const { type } = decoded
    const startedAt = clock.now()
    held.start()
    const link = this.#running.push({ held, since: startedAt })
    const context = createContext(held, decoded, leases, log)
    events.emit('started', { type, id: context.id, attempt: held.attempt })
    // A batch has its own timeout, from when it starts.
    const timeout = handler.batch ? undefined : handler.timeout
    const timer = timeout === undefined ? undefined : clock.after(timeout, () => this.#timeOut(held, context, timeout))
    const run: Run = { made: undefined, unhandled: false }
    const ended = (how: { readonly outcome: Outcome; readonly error: Error | undefined }): Ran => {
      const ms = clock.now() - startedAt
      this.#meanTime += (ms - this.#meanTime) / 10
      return run.unhandled ? { kind: 'unhandled' } : { kind: 'ended', ...how, ms }
    }
    try {
      const made = await runs.run(run, () =>
        options.middleware.length === 0
          ? this.#call(handler, context, run, turn)
          : onion(options.middleware, context, (added) => this.#call(handler, extended(context, added), run, turn)),
      )
      checkDelay(made)
      const outcome = made.outcome === 'done' ? this.#forgotten.settle(run, type, 'middleware') : made
      return ended({ outcome, error: undefined })
    } catch (thrown) {
      const { abortReason } = held
      const isTimeout = abortReason instanceof HandlerTimeoutError && !(thrown instanceof NonRetryableError)
      return ended(failure(isTimeout ? abortReason : thrown))
    } finally {
      timer?.cancel()
      this.#running.remove(link)
    }
  }

  /** What gathers is handled as it is, or given back when there are no slots. */
  flush(): void {
    for (const batches of this.#batches.values()) batches.flush()
  }

  /** Batches that gather are handled as they are, and later items by themselves. */
  close(): void {
    for (const batches of this.#batches.values()) batches.close()
  }

  /** Aborts the signals of all that runs. */
  abort(reason: Error): void {
    for (const { held } of Array.from(this.#running)) held.abort(reason)
    for (const batches of this.#batches.values()) batches.abort(reason)
  }

  async #call(handler: ResolvedHandler, context: Delivery, run: Run, turn: Turn): Promise<Outcome> {
    const { payload, type } = context
    if (handler.batch) {
      const batches = this.#batches.get(type)
      if (!batches) throw new Error(`Bug: ${type} has no batches.`)
      const result = await batches.add({ payload, context }, turn)
      if (result !== 'unhandled') return result
      run.unhandled = true
      return UNHANDLED
    }
    const result: unknown = await handler.handle(payload, context)
    if (!isOutcome(result)) {
      checkMeant(result)
      return this.#forgotten.settle(run, type, 'handler')
    }
    run.made = undefined
    return result
  }

  #timeOut(held: HeldDelivery, context: Delivery, ms: number): void {
    context.log.warn(
      { timeoutMs: ms },
      `the handler of ${context.type} is over its timeout; its signal aborts, its slot is free when it ends`,
    )
    held.abort(new HandlerTimeoutError(context.type, ms))
  }
}

/** What the middleware of an item sees whose batch was not handled. */
const UNHANDLED: Outcome = { outcome: 'retry', delay: undefined, reason: 'its batch was not handled' }

/** A throw is a retry under the back-off, unless it says that there is no use. */
export function failure(thrown: unknown): { readonly outcome: Outcome; readonly error: Error } {
  const error = thrownError(thrown)
  if (thrown instanceof NonRetryableError)
    return { outcome: { outcome: 'dead-letter', reason: error.message || error.name }, error }
  return { outcome: { outcome: 'retry', delay: undefined, reason: undefined }, error }
}
