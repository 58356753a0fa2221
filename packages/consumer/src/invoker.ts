import type { Clock } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import type { Claim, Claims } from './claims.ts'
import { createContext } from './create-context.ts'
import type { Decoded } from './decoder.ts'
import { failure, type HandlerRuns, type Ran } from './handler-runs.ts'
import type { LeaseManager } from './lease-manager.ts'
import type { ResolvedOptions } from './options.ts'
import type { ResolvedHandler } from './resolve-handlers.ts'
import type { NotRun, Slots } from './slots.ts'
import type { Turn } from './turn.ts'

export interface InvokerOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly leases: LeaseManager
  readonly options: ResolvedOptions
  readonly slots: Slots
  readonly claims: Claims | undefined
  readonly runs: HandlerRuns
  /** Starts after which a message is moved to the dead-letter queue. */
  readonly attempts: number
}

/**
 * How it went, where it ran at all. `not-run`: nothing was started. `claimed`: what the idempotency store says leaves
 * nothing to start.
 */
export type Invoked =
  | Ran
  | { readonly kind: 'not-run'; readonly why: NotRun | 'not-ours' }
  | { readonly kind: 'claimed'; readonly claim: Exclude<Claim, 'begun'> }

const NOT_OURS: Invoked = { kind: 'not-run', why: 'not-ours' }

/** Starts handlers: when there is a slot, when the message is ours yet, and nobody else is at it or was. */
export class Invoker {
  readonly #options: InvokerOptions

  constructor(options: InvokerOptions) {
    this.#options = options
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
    const invoked = await (handler.batch
      ? slots.inGroup(asking, () => slots.whenOpen(start))
      : slots.run(asking, start))
    return typeof invoked === 'string' ? { kind: 'not-run', why: invoked } : invoked
  }

  #start(turn: Turn, decoded: Decoded, handler: ResolvedHandler): Promise<Invoked | NotRun> {
    const { claims, leases, slots } = this.#options
    if (!leases.isOurs(turn.held)) return Promise.resolve(NOT_OURS)
    const run = () => this.#run(turn, decoded, handler)
    // A batch takes its starts when it is full.
    const start = () => (handler.batch ? run() : slots.atRate(run))
    return claims ? this.#startClaimed(claims, turn, decoded, start) : start()
  }

  /** It may have waited for its start. */
  #run(turn: Turn, decoded: Decoded, handler: ResolvedHandler): Promise<Invoked> {
    const { leases, runs } = this.#options
    return leases.isOurs(turn.held) ? runs.run(turn, decoded, handler) : Promise.resolve(NOT_OURS)
  }

  async #startClaimed(
    claims: Claims,
    { held }: Turn,
    decoded: Decoded,
    start: () => Promise<Invoked | NotRun>,
  ): Promise<Invoked | NotRun> {
    const { clock, leases, log, slots } = this.#options
    const asked = clock.now()
    try {
      const claim = await claims.begin(held, createContext(held, decoded, leases, log))
      if (claim !== 'begun') return { kind: 'claimed', claim }
    } catch (thrown) {
      // An attempt, as a handler that throws.
      if (leases.isOurs(held)) held.start()
      return { kind: 'ended', ...failure(thrown), ms: clock.now() - asked }
    }
    // The store took its time: nothing starts while the consumer is paused, or stops.
    return slots.whenOpen(start)
  }
}
