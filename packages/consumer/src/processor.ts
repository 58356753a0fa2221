import { type Backoff, backoffDelay, type Clock } from '@waybill/core'
import type { Claim, Claims } from './claims.ts'
import type { Decoded, Undecoded } from './decoder.ts'
import type { HandlerRuns } from './handler-runs.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { Invoked, Invoker } from './invoker.ts'
import type { Journal } from './journal.ts'
import type { LeaseManager } from './lease-manager.ts'
import type { ResolvedOptions } from './options.ts'
import type { NotYet } from './not-yet.ts'
import type { Settler } from './settler.ts'
import { type Next, RELEASE_NOW, releaseAfter, type Turn } from './turn.ts'

export interface ProcessorOptions {
  readonly clock: Clock
  readonly options: ResolvedOptions
  /** Starts after which a message is moved to the dead-letter queue. */
  readonly attempts: number
  /** Receives after which SQS itself moves it. */
  readonly maxReceiveCount: number
  readonly decode: (held: HeldDelivery) => Decoded | Undecoded
  readonly invoker: Invoker
  readonly runs: HandlerRuns
  readonly leases: LeaseManager
  readonly journal: Journal
  readonly claims: Claims | undefined
  readonly settler: Settler
  readonly notYet: NotYet
  /** Whether the consumer is stopping: nothing new starts. */
  readonly stopping: () => boolean
}

const ASK_AGAIN: Backoff = { first: 2_000, max: 60_000, jitter: 0.5 }

/** Takes one delivery through its turn: decode, handle, settle. */
export class Processor {
  readonly #options: ProcessorOptions

  constructor(options: ProcessorOptions) {
    this.#options = options
  }

  async process(turn: Turn): Promise<Next> {
    const { claims, decode, invoker, journal, leases, notYet, settler, stopping } = this.#options
    const { held } = turn
    // Handled before: whoever has it now, it is to be deleted.
    if (journal.has(held.received.messageId)) return settler.duplicate(turn, decode(held))
    if (stopping() || !leases.isOurs(held)) return RELEASE_NOW
    const message = decode(held)
    if (message.kind !== 'decoded')
      return message.kind === 'not-yet' ? notYet.leave(message) : settler.invalid(turn, message)
    if (this.#wouldTakeItsGroup(turn)) return settler.moveUnrun(turn, message)
    const invoked = await invoker.invoke(turn, message)
    leases.notice(held)
    const isHeldBack = turn.before !== undefined && (await turn.before).kind !== 'next'
    const next = await this.#judge(turn, message, invoked, isHeldBack)
    // Done with it, or the next attempt is to find it free.
    if (claims) await claims.release(held)
    return next
  }

  /** Whether a delivery may gather for the batch that the one before it gathers for. */
  joins(held: HeldDelivery, before: HeldDelivery): boolean {
    const { decode, runs } = this.#options
    if (!runs.gathers) return false
    const message = decode(held)
    return message.kind === 'decoded' && message.type === decode(before).type && runs.isGathered(message.type)
  }

  /** `isHeldBack`: it is to be handled after the one before it. */
  #judge(turn: Turn, message: Decoded, invoked: Invoked, isHeldBack: boolean): Next | Promise<Next> {
    const { clock, options, settler, stopping } = this.#options
    const { held } = turn
    switch (invoked.kind) {
      case 'ended':
        // Cut by the stop: no fault of the message.
        if (stopping() && held.abortReason !== undefined && invoked.error) return RELEASE_NOW
        return isHeldBack ? settler.holdBack(turn, message, invoked.ms) : settler.settle(turn, message, invoked)
      case 'unhandled':
        if (held.state === 'running') held.wait({ unhandled: true })
        return RELEASE_NOW
      case 'not-run':
        // It has not failed, and takes its turn again when the group has had time.
        if (invoked.why === 'crowded')
          return releaseAfter(backoffDelay(options.backoff, held.received.receives, clock.random))
        return RELEASE_NOW
      case 'claimed':
        return isHeldBack ? RELEASE_NOW : this.#claimed(turn, message, invoked.claim)
    }
  }

  #claimed(turn: Turn, message: Decoded, claim: Exclude<Claim, 'begun'>): Next {
    const { claims, clock, settler } = this.#options
    switch (claim) {
      case 'done':
        return settler.duplicate(turn, message)
      // Asked again here: to release it would be a receive each time, for hours perhaps.
      case 'in-progress':
      case 'unknown': {
        const asks = claims?.asksOf(turn.held) ?? 1
        return { kind: 'again', ms: backoffDelay(ASK_AGAIN, asks, clock.random), unhandled: true }
      }
    }
  }

  /**
   * A FIFO head that has killed its workers again and again: at the next receive SQS's redrive would take it, and with it
   * the followers that were received as often and have never run.
   */
  #wouldTakeItsGroup({ held: { received }, lane }: Turn): boolean {
    const { attempts, maxReceiveCount } = this.#options
    const [head] = lane.deliveries
    return (
      lane.fifo && head?.received === received && received.receives > attempts && received.receives >= maxReceiveCount
    )
  }
}
