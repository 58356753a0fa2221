import { type Clock, type Events, milliseconds } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import type { Acknowledger } from './acknowledger.ts'
import type { Claims } from './claims.ts'
import type { DeadLetterer } from './dead-letterer.ts'
import type { Decoded, Undecoded } from './decoder.ts'
import type { ConsumerEvents } from './events.ts'
import type { FailureLines } from './failure-lines.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { Journal } from './journal.ts'
import type { Lane } from './lane.ts'
import type { ResolvedOptions } from './options.ts'
import type { DeadLetter, Outcome, Retry } from './outcome.ts'
import { retryDelay } from './retry-delay.ts'
import { type Next, NEXT, RELEASE_NOW, releaseAfter, type Turn } from './turn.ts'

export interface SettlerOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly options: ResolvedOptions
  /** Starts after which a message is moved to the dead-letter queue. */
  readonly attempts: number
  readonly events: Events<ConsumerEvents>
  readonly acknowledger: Acknowledger
  readonly deadLetterer: DeadLetterer
  readonly journal: Journal
  readonly claims: Claims | undefined
  readonly failures: FailureLines
  /** Hands over a promise that `stop` waits for. */
  readonly track: (task: () => Promise<void>) => void
}

/** How a handler's run ended; `error` is what it threw. */
export interface Ended {
  readonly outcome: Outcome
  readonly ms: number
  readonly error?: Error | undefined
}

/** What an outcome comes to: a delete, another attempt, a move to the dead-letter queue. */
export class Settler {
  readonly #options: SettlerOptions
  readonly #delay: ReturnType<typeof retryDelay>
  /** By message group, the last that the store is being told of. */
  readonly #finishing = new Map<string, Promise<void>>()

  constructor(options: SettlerOptions) {
    this.#options = options
    this.#delay = retryDelay(options.options, options.clock, options.log)
  }

  settle(turn: Turn, message: Decoded, ended: Ended): Next | Promise<Next> {
    const { failures, journal } = this.#options
    const { held, lane } = turn
    const { error, ms, outcome: made } = ended
    if (made.outcome === 'done') {
      failures.over(message.type)
      journal.add(held.received.messageId)
      if (held.state !== 'lost') this.#tell(turn, message, { outcome: made, ms })
      return this.#delete(turn)
    }
    if (held.state === 'lost') return RELEASE_NOW
    const outcome = this.#unlessExhausted(turn, message, made, error)
    if (outcome.outcome === 'dead-letter') return this.#move(turn, message, { outcome, ms, error })
    this.#tell(turn, message, { outcome, ms, error })
    const { id, type } = message
    const delay =
      outcome.delay === undefined
        ? this.#delay(held.attempt, { type, id, error, reason: outcome.reason })
        : milliseconds(outcome.delay, 'retry delay')
    return lane.fifo ? { kind: 'again', ms: delay } : releaseAfter(delay)
  }

  /** It was in one batch with an earlier message of its group, which is not done with: whatever came of it, it is handled after that. */
  holdBack(turn: Turn, message: Decoded, ms: number): Next {
    const { held } = turn
    if (held.state !== 'running') return RELEASE_NOW
    const reason = 'held back: an earlier message of its group in the batch is to be handled first'
    this.#tell(turn, message, { outcome: { outcome: 'retry', delay: undefined, reason }, ms })
    held.wait({ unhandled: true })
    return RELEASE_NOW
  }

  /** It was handled before. */
  duplicate(turn: Turn, { id, type }: Decoded | Undecoded): Next {
    this.#options.events.emit('duplicate', { type, id })
    return this.#delete(turn)
  }

  async invalid(turn: Turn, message: Undecoded): Promise<Next> {
    const { events, log } = this.#options
    const { error, id, type } = message
    events.emit('invalid', { type, error })
    log.error({ type, id, err: error }, `invalid message: ${error.message}`)
    const outcome: DeadLetter = { outcome: 'dead-letter', reason: `invalid: ${error.message}` }
    return this.#move(turn, message, { outcome, ms: 0, error })
  }

  /** Without another start. */
  async moveUnrun(turn: Turn, message: Decoded): Promise<Next> {
    const { receives } = turn.held.received
    const reason = `received ${receives} times, attempts ${this.#options.attempts}`
    return this.#move(turn, message, { outcome: { outcome: 'dead-letter', reason }, ms: 0 })
  }

  async #move(
    turn: Turn,
    message: Decoded | Undecoded,
    { error, ms, outcome }: Ended & { readonly outcome: DeadLetter },
  ): Promise<Next> {
    const { claims, deadLetterer, journal, log, options } = this.#options
    const { held } = turn
    const { id, type } = message
    const { reason } = outcome
    const copied = await deadLetterer.copy(held, reason, error)
    if (!copied && held.state === 'lost') return RELEASE_NOW
    const kept: Retry = { outcome: 'retry', delay: undefined, reason }
    if (message.kind === 'decoded') this.#tell(turn, message, { outcome: copied ? outcome : kept, ms, error })
    if (!copied) return releaseAfter(options.backoff.max)
    // As with what was handled: a redelivery is to be deleted, not moved once more.
    journal.add(held.received.messageId)
    log.warn({ type, id, reason }, 'moved to the dead-letter queue')
    // Moved is not done: a redrive is to find it free.
    await claims?.release(held)
    return this.#delete(turn)
  }

  /**
   * Not awaited: a follower may start once its predecessor was handled, and the deletes of a group go in order anyway. When the
   * lease was lost, another worker may be at it by now: nothing behind it may start here.
   */
  #delete({ held, lane }: Turn): Next {
    const { acknowledger, track } = this.#options
    const lost = held.state === 'lost'
    if (!lost) held.settle()
    const finished = this.#finish(held, lane)
    track(async () => {
      if (finished) await finished
      await acknowledger.delete(lane, held)
      if (held.state === 'settling') held.settled()
    })
    return lost && lane.fifo ? RELEASE_NOW : NEXT
  }

  /** Tells the idempotency store, in the order of the group: so go the deletes. */
  #finish(held: HeldDelivery, { fifo, key }: Lane): Promise<void> | undefined {
    const { claims } = this.#options
    if (!claims) return undefined
    const own = claims.finish(held)
    if (!fifo) return own
    const before = this.#finishing.get(key)
    const finished = Promise.all([before, own]).then(() => {
      if (this.#finishing.get(key) === finished) this.#finishing.delete(key)
    })
    this.#finishing.set(key, finished)
    return finished
  }

  /** What a failed attempt comes to: the last one moves the message. */
  #unlessExhausted(
    { held }: Turn,
    { id, type }: Decoded,
    outcome: Retry | DeadLetter,
    error?: Error,
  ): Retry | DeadLetter {
    const { attempts, failures } = this.#options
    if (outcome.outcome === 'dead-letter') return outcome
    const { attempt } = held
    const reason = outcome.reason ?? error?.message
    failures.failed(type, { id, attempt, ...(error && { err: error }), reason: outcome.reason }, reason)
    if (attempt < attempts) return outcome
    const why = reason ?? 'retry() without a reason'
    return { outcome: 'dead-letter', reason: `attempts exhausted (${attempt}): ${why}` }
  }

  #tell({ held: { attempt } }: Turn, { id, type }: Decoded, { error, ms, outcome }: Ended): void {
    const reason = outcome.outcome === 'done' ? undefined : outcome.reason
    this.#options.events.emit('settled', { type, id, attempt, outcome: outcome.outcome, ms, error, reason })
  }
}
