import type { Clock, Events } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import { Batches } from './batches.ts'
import type { Delivery } from './context.ts'
import { createContext, extended } from './create-context.ts'
import type { Decoded } from './decoder.ts'
import { HandlerTimeoutError, thrownError } from './errors.ts'
import type { ConsumerEvents } from './events.ts'
import { ForgottenReturns } from './forgotten-returns.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { LeaseManager } from './lease-manager.ts'
import { onion } from './middleware.ts'
import type { ResolvedOptions } from './options.ts'
import { checkDelay, isOutcome, type Outcome, type Retry, type Run, runs } from './outcome.ts'
import type { ResolvedHandler } from './resolve-handlers.ts'
import { Slots } from './slots.ts'

export interface InvokerOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly leases: LeaseManager
  readonly events: Events<ConsumerEvents>
  readonly options: ResolvedOptions
}

/** How a start ended; `error` is what the handler threw. */
export interface Invocation {
  readonly outcome: Outcome
  readonly error: Error | undefined
  readonly ms: number
}

/** Calls handlers: in a slot, through the middleware, one by one or in batches. Whatever they throw becomes data. */
export class Invoker {
  readonly #options: InvokerOptions
  readonly #slots: Slots
  readonly #forgotten: ForgottenReturns
  readonly #batches = new Map<string, Batches>()
  readonly #running = new Set<HeldDelivery>()
  #meanTime = 0

  constructor(options: InvokerOptions) {
    this.#options = options
    this.#forgotten = new ForgottenReturns(options.log)
    const { concurrency, handlers } = options.options
    this.#slots = new Slots(concurrency, handlers, (error) =>
      options.log.error({ err: error }, 'a bug in Waybill: a slot failed'),
    )
    for (const [type, handler] of handlers) {
      if (!handler.batch) continue
      this.#batches.set(type, new Batches(type, handler, options.clock, options.log, this.#slots, this.#forgotten))
    }
  }

  /** Milliseconds that a handler takes, the recent ones weighing more; 0 while unknown. */
  get meanTime(): number {
    return this.#meanTime
  }

  /** How many wait for a slot of their type: they keep no other type from being received. */
  get waitingForType(): number {
    return this.#slots.waitingForType
  }

  /** Deliveries whose handlers have not ended. */
  get running(): ReadonlySet<HeldDelivery> {
    return this.#running
  }

  /** Resolves when the handler has ended; with undefined when it was not started: a stop, or the lease was lost first. */
  async invoke(held: HeldDelivery, decoded: Decoded): Promise<Invocation | undefined> {
    const { leases, options } = this.#options
    const handler = options.handlers.get(decoded.type)
    if (!handler) throw new Error(`Bug: no handler for ${decoded.type}.`)
    const start = async () => (leases.isOurs(held) ? this.#start(held, decoded, handler) : undefined)
    // A batch takes its slot when it is full, not while it gathers.
    return handler.batch ? start() : this.#slots.run(decoded.type, start)
  }

  /** Nothing new starts; batches that gather are handled as they are. */
  close(): void {
    this.#slots.close()
    for (const batches of this.#batches.values()) batches.close()
  }

  /** Aborts the signals of all that runs. */
  abort(reason: Error): void {
    for (const held of this.#running) held.abort(reason)
    for (const batches of this.#batches.values()) batches.abort(reason)
  }

  async #start(held: HeldDelivery, decoded: Decoded, handler: ResolvedHandler): Promise<Invocation> {
    const { clock, events, leases, log, options } = this.#options
    const { type } = decoded
    const startedAt = clock.now()
    held.start()
    this.#running.add(held)
    const context = createContext(held, decoded, leases, log)
    events.emit('started', { type, id: context.id, attempt: held.attempt })
    // A batch has its own timeout, from when it starts.
    const timeout = handler.batch ? undefined : handler.timeout
    const timer = timeout === undefined ? undefined : clock.after(timeout, () => this.#timeOut(held, context, timeout))
    const run: Run = { made: undefined }
    const ended = (outcome: Outcome, error?: Error): Invocation => {
      const ms = clock.now() - startedAt
      this.#meanTime += (ms - this.#meanTime) / 10
      return { outcome, error, ms }
    }
    try {
      const outcome = await runs.run(run, () =>
        onion(options.middleware, context, (added) => this.#call(handler, extended(context, added), run)),
      )
      checkDelay(outcome)
      return ended(outcome.outcome === 'done' ? this.#forgotten.settle(run, type, 'middleware') : outcome)
    } catch (thrown) {
      const reason: unknown = held.signal.reason
      return ended(FAILED, reason instanceof HandlerTimeoutError ? reason : thrownError(thrown))
    } finally {
      timer?.cancel()
      this.#running.delete(held)
    }
  }

  async #call(handler: ResolvedHandler, context: Delivery, run: Run): Promise<Outcome> {
    const { payload, type } = context
    if (handler.batch) {
      const batches = this.#batches.get(type)
      if (!batches) throw new Error(`Bug: ${type} has no batches.`)
      return batches.add({ payload, context })
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

const FAILED: Retry = { outcome: 'retry', delay: undefined, reason: undefined }
