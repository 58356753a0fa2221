import { backoffDelay, type Clock, type Events, milliseconds } from '@waybill/core'
import { type Logger, VISIBILITY_SECONDS } from '@waybill/sqs'
import type { Acknowledger } from './acknowledger.ts'
import type { DeadLetterer } from './dead-letterer.ts'
import type { Decoded, Undecoded } from './decoder.ts'
import type { ConsumerEvents } from './events.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { Invocation, Invoker } from './invoker.ts'
import type { Journal } from './journal.ts'
import type { Lane } from './lane.ts'
import type { LeaseManager } from './lease-manager.ts'
import type { ResolvedOptions } from './options.ts'
import type { DeadLetter, Outcome, Retry } from './outcome.ts'

/**
 * What happens after a delivery's turn. `next`: it is deleted or about to be, its lane goes on. `release`: it and what is
 * behind it come again after `seconds`. `again`: it stays the head of its lane and is started again after `ms`.
 */
export type Next =
  | { readonly kind: 'next' }
  | { readonly kind: 'release'; readonly seconds: number }
  | { readonly kind: 'again'; readonly ms: number }

export interface ProcessorOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly options: ResolvedOptions
  /** Starts after which a message is moved to the dead-letter queue. */
  readonly attempts: number
  /** Receives after which SQS itself moves it. */
  readonly maxReceiveCount: number
  readonly events: Events<ConsumerEvents>
  readonly decode: (delivery: HeldDelivery) => Decoded | Undecoded
  readonly invoker: Invoker
  readonly leases: LeaseManager
  readonly acknowledger: Acknowledger
  readonly deadLetterer: DeadLetterer
  readonly journal: Journal
  /** Whether the consumer is stopping: nothing new starts. */
  readonly stopping: () => boolean
  /** Hands over a promise that `stop` waits for. */
  readonly track: (task: () => Promise<void>) => void
}

/** How an attempt ended. */
interface Settlement {
  readonly outcome: Outcome['outcome']
  readonly ms: number
  readonly error?: Error | undefined
  readonly reason?: string | undefined
}

const MANY = 1_000
const NEXT: Next = { kind: 'next' }
const RELEASE_NOW: Next = { kind: 'release', seconds: 0 }

/** Takes one delivery through its turn: decode, handle, settle. */
export class Processor {
  readonly #options: ProcessorOptions
  readonly #notYetLogged = new Set<string>()

  constructor(options: ProcessorOptions) {
    this.#options = options
  }

  async process(lane: Lane, held: HeldDelivery): Promise<Next> {
    const { attempts, decode, invoker, journal, leases, stopping } = this.#options
    // Handled before: whoever has it now, it is to be deleted.
    if (journal.has(held.received.messageId)) return this.#delete(lane, held)
    if (stopping() || !leases.isOurs(held)) return RELEASE_NOW
    const message = decode(held)
    if (message.kind !== 'decoded')
      return message.kind === 'not-yet' ? this.#notYet(message) : this.#invalid(lane, held, message)
    if (this.#wouldTakeItsGroup(lane, held)) {
      return this.#deadLetter(lane, held, message, `received ${held.received.receives} times, attempts ${attempts}`, 0)
    }
    const invocation = await invoker.invoke(held, message)
    return invocation ? this.#settle(lane, held, message, invocation) : RELEASE_NOW
  }

  /**
   * A FIFO head that has killed its workers again and again: at the next receive SQS's redrive would take it, and with it
   * the followers that were received as often and have never run.
   */
  #wouldTakeItsGroup(lane: Lane, { received }: HeldDelivery): boolean {
    const { attempts, maxReceiveCount } = this.#options
    const [head] = lane.deliveries
    return (
      lane.fifo && head?.received === received && received.receives > attempts && received.receives >= maxReceiveCount
    )
  }

  async #settle(lane: Lane, held: HeldDelivery, message: Decoded, invocation: Invocation): Promise<Next> {
    const { journal, options, stopping } = this.#options
    const { error, ms: took, outcome: made } = invocation
    if (made.outcome === 'done') {
      journal.add(held.received.messageId)
      if (held.state !== 'lost') this.#tellSettled(held, message, { outcome: 'done', ms: took })
      return this.#handled(lane, held)
    }
    if (held.state === 'lost') return RELEASE_NOW
    // Cut by the stop: no fault of the message.
    if (stopping() && held.signal.aborted && error) return RELEASE_NOW
    const outcome = this.#unlessExhausted(held, message, made, error)
    if (outcome.outcome === 'dead-letter') return this.#deadLetter(lane, held, message, outcome.reason, took, error)
    this.#tellSettled(held, message, { outcome: 'retry', ms: took, error, reason: outcome.reason })
    const ms =
      outcome.delay === undefined
        ? backoffDelay(options.backoff, held.attempt, this.#options.clock.random)
        : milliseconds(outcome.delay, 'retry delay')
    return lane.fifo ? { kind: 'again', ms } : release(ms)
  }

  /** Not awaited: a follower may start once its predecessor was handled, and the deletes of a group go in order anyway. */
  #delete(lane: Lane, held: HeldDelivery): Next {
    if (held.state !== 'lost') held.become('settling')
    this.#options.track(async () => {
      await this.#options.acknowledger.delete(lane, held)
      if (held.state === 'settling') held.become('settled')
    })
    return NEXT
  }

  #notYet({ error, type, version }: Undecoded): Next {
    const { log, options } = this.#options
    const what = `${type} v${version}`
    if (!this.#notYetLogged.has(what)) {
      // Senders choose what they call a type.
      if (this.#notYetLogged.size === MANY) this.#notYetLogged.clear()
      this.#notYetLogged.add(what)
      log.warn(
        { type, version, releasedForMs: options.unknownDelay },
        `not known here yet, left for a newer deployment: ${error.message}`,
      )
    }
    return release(options.unknownDelay * (1 - this.#options.clock.random() / 2))
  }

  async #invalid(lane: Lane, held: HeldDelivery, message: Undecoded): Promise<Next> {
    const { events, log } = this.#options
    events.emit('invalid', { type: message.type, error: message.error })
    log.error({ type: message.type, id: message.id, err: message.error }, `invalid message: ${message.error.message}`)
    return this.#deadLetter(lane, held, message, `invalid: ${message.error.message}`, 0, message.error)
  }

  async #deadLetter(
    lane: Lane,
    held: HeldDelivery,
    message: Decoded | Undecoded,
    reason: string,
    ms: number,
    error?: Error,
  ): Promise<Next> {
    const { deadLetterer, journal, log, options } = this.#options
    const copied = await deadLetterer.copy(held, reason, error)
    if (!copied && held.state === 'lost') return RELEASE_NOW
    const outcome = copied ? 'dead-letter' : 'retry'
    if (message.kind === 'decoded') this.#tellSettled(held, message, { outcome, ms, error, reason })
    if (!copied) return release(options.backoff.max)
    // As with what was handled: a redelivery is to be deleted, not moved once more.
    journal.add(held.received.messageId)
    log.warn({ type: message.type, id: message.id, reason }, 'moved to the dead-letter queue')
    return this.#handled(lane, held)
  }

  /** Deletes it. When its lease was lost, another worker may be at it by now: nothing behind it may start here. */
  #handled(lane: Lane, held: HeldDelivery): Next {
    const lost = held.state === 'lost'
    const next = this.#delete(lane, held)
    return lost && lane.fifo ? RELEASE_NOW : next
  }

  /** What a failed attempt comes to: the last one moves the message. */
  #unlessExhausted(
    { attempt }: HeldDelivery,
    { id, type }: Decoded,
    outcome: Retry | DeadLetter,
    error?: Error,
  ): Retry | DeadLetter {
    const { attempts, log } = this.#options
    if (outcome.outcome === 'dead-letter') return outcome
    const reason = outcome.reason ?? error?.message
    log.warn(
      { type, id, attempt, ...(error && { err: error }), reason: outcome.reason },
      `attempt ${attempt} failed${reason === undefined ? '' : `: ${reason}`}`,
    )
    if (attempt < attempts) return outcome
    const why = reason ?? 'retry() without a reason'
    return { outcome: 'dead-letter', reason: `attempts exhausted (${attempt}): ${why}` }
  }

  #tellSettled({ attempt }: HeldDelivery, { id, type }: Decoded, how: Settlement): void {
    const { error, ms, outcome, reason } = how
    this.#options.events.emit('settled', { type, id, attempt, outcome, ms, error, reason })
  }
}

function release(ms: number): Next {
  return { kind: 'release', seconds: Math.min(Math.ceil(ms / 1_000), VISIBILITY_SECONDS) }
}
