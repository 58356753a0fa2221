import type { Clock, Events } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import { Batches } from './batches.ts'
import type { Claim, Claims } from './claims.ts'
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
import { checkDelay, isOutcome, type Outcome, type Run, runs } from './outcome.ts'
import type { ResolvedHandler } from './resolve-handlers.ts'
import type { NotRun, Slots } from './slots.ts'
import type { Turn } from './turn.ts'

export interface InvokerOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly leases: LeaseManager
  readonly events: Events<ConsumerEvents>
  readonly options: ResolvedOptions
  readonly slots: Slots
  readonly claims: Claims | undefined
  /** Starts after which a message is moved to the dead-letter queue. */
  readonly attempts: number
}

/**
 * How it went. `ended`: the handler did; `error` is what it threw. `unhandled`: it was not called after all. `not-run`: nothing
 * was started. `claimed`: what the idempotency store says leaves nothing to start.
 */
export type Invoked =
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly error: Error | undefined; readonly ms: number }
  | { readonly kind: 'unhandled' }
  | { readonly kind: 'not-run'; readonly why: NotRun | 'not-ours' }
  | { readonly kind: 'claimed'; readonly claim: Exclude<Claim, 'begun'> }

const NOT_OURS: Invoked = { kind: 'not-run', why: 'not-ours' }

/** Calls handlers: in a slot, through the middleware, one by one or in batches. Whatever they throw becomes data. */
export class Invoker {
  readonly #options: InvokerOptions
  readonly #forgotten: ForgottenReturns
  readonly #batches = new Map<string, Batches>()
  /** Since when, on the clock. */
  readonly #running = new Map<HeldDelivery, number>()
  #meanTime = 0

  constructor(options: InvokerOptions) {
    this.#options = options
    const { clock, log, slots } = options
    this.#forgotten = new ForgottenReturns(log)
    for (const [type, handler] of options.options.handlers) {
      if (!handler.batch) continue
      this.#batches.set(type, new Batches({ type, handler, clock, log, slots, forgotten: this.#forgotten }))
    }
  }

  /** Milliseconds that a handler takes, the recent ones weighing more; 0 while unknown. */
  get meanTime(): number {
    return this.#meanTime
  }

  /** Deliveries whose handlers have not ended, and since when they run. */
  get running(): ReadonlyMap<HeldDelivery, number> {
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

  /** Resolves when the handler has ended, or is not going to start. */
  async invoke(turn: Turn, decoded: Decoded): Promise<Invoked> {
    const { attempts, options, slots } = this.#options
    const { held, lane } = turn
    const { type } = decoded
    const handler = options.handlers.get(type)
    if (!handler) throw new Error(`Bug: no handler for ${type}.`)
    const { group, receives } = held.received
    // Each time that it is given up is a receive: half of its attempts are kept for its handler.
    const asking = { type, group: lane.fifo ? undefined : group, yields: receives < attempts / 2 }
    const start = () => this.#start(turn, decoded, handler)
    // A batch takes its slot when it is full, not while it gathers.
    const invoked = await (handler.batch ? slots.inGroup(asking, () => slots.atRate(start)) : slots.run(asking, start))
    return typeof invoked === 'string' ? { kind: 'not-run', why: invoked } : invoked
  }

  /** Batches that gather are handled as they are. */
  close(): void {
    for (const batches of this.#batches.values()) batches.close()
  }

  /** Aborts the signals of all that runs. */
  abort(reason: Error): void {
    for (const held of this.#running.keys()) held.abort(reason)
    for (const batches of this.#batches.values()) batches.abort(reason)
  }

  async #start(turn: Turn, decoded: Decoded, handler: ResolvedHandler): Promise<Invoked> {
    const { claims, clock, leases, log } = this.#options
    const { held } = turn
    if (!leases.isOurs(held)) return NOT_OURS
    if (!claims) return this.#run(turn, decoded, handler)
    const asked = clock.now()
    try {
      const claim = await claims.begin(held, createContext(held, decoded, leases, log))
      if (claim !== 'begun') return { kind: 'claimed', claim }
    } catch (thrown) {
      return { kind: 'ended', ...failure(thrown), ms: clock.now() - asked }
    }
    return leases.isOurs(held) ? this.#run(turn, decoded, handler) : NOT_OURS
  }

  async #run(turn: Turn, decoded: Decoded, handler: ResolvedHandler): Promise<Invoked> {
    const { clock, events, leases, log, options } = this.#options
    const { held } = turn
    const { type } = decoded
    const startedAt = clock.now()
    held.start()
    this.#running.set(held, startedAt)
    const context = createContext(held, decoded, leases, log)
    events.emit('started', { type, id: context.id, attempt: held.attempt })
    // A batch has its own timeout, from when it starts.
    const timeout = handler.batch ? undefined : handler.timeout
    const timer = timeout === undefined ? undefined : clock.after(timeout, () => this.#timeOut(held, context, timeout))
    const run: Run = { made: undefined, unhandled: false }
    const ended = (how: { readonly outcome: Outcome; readonly error: Error | undefined }): Invoked => {
      const ms = clock.now() - startedAt
      this.#meanTime += (ms - this.#meanTime) / 10
      return run.unhandled ? { kind: 'unhandled' } : { kind: 'ended', ...how, ms }
    }
    try {
      const made = await runs.run(run, () =>
        onion(options.middleware, context, (added) => this.#call(handler, extended(context, added), run, turn)),
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
      this.#running.delete(held)
    }
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
    if (!isOutcome(result)) return this.#forgotten.settle(run, type, 'handler')
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
function failure(thrown: unknown): { readonly outcome: Outcome; readonly error: Error } {
  const error = thrownError(thrown)
  if (thrown instanceof NonRetryableError)
    return { outcome: { outcome: 'dead-letter', reason: error.message || error.name }, error }
  return { outcome: { outcome: 'retry', delay: undefined, reason: undefined }, error }
}
