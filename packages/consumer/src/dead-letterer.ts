import { backoffDelay, type Clock, fullJitter, refusalOf, sleep } from '@waybill/core'
import {
  type Connection,
  type EntryResult,
  type Logger,
  type Provenance,
  type QueueRef,
  withProvenance,
} from '@waybill/sqs'
import type { HeldDelivery } from './held-delivery.ts'
import type { LeaseManager } from './lease-manager.ts'

export interface DeadLettererOptions {
  readonly connection: Connection
  readonly clock: Clock
  readonly log: Logger
  readonly leases: LeaseManager
  /** The queue's physical name, and this process: for whoever reads the copies. */
  readonly queueName: string
  readonly worker: string
  /** Undefined: there is no dead-letter queue. */
  readonly target: QueueRef | undefined
  readonly onFault: (error: Error) => void
}

const TRIES = 4
const BACKOFF = fullJitter(200, 2_000)
const SEND_TIMEOUT = 10_000
/** Characters of an error's message and of its stack. */
const ERROR_LENGTH = 4_096

/** Copies messages to the dead-letter queue, with where they come from and why. The caller deletes the original. */
export class DeadLetterer {
  readonly #options: DeadLettererOptions
  #moving = 0

  constructor(options: DeadLettererOptions) {
    this.#options = options
  }

  /** Messages whose copy is under way. */
  get moving(): number {
    return this.#moving
  }

  /** False when the message could not be copied: it must be kept, and SQS's own redrive may take it. Never rejects. */
  async copy(held: HeldDelivery, reason: string, error?: Error): Promise<boolean> {
    this.#moving++
    try {
      return await this.#copy(held, this.#provenance(held, reason, error))
    } finally {
      this.#moving--
    }
  }

  async #copy(held: HeldDelivery, provenance: Provenance): Promise<boolean> {
    const { clock, leases, log, onFault, target } = this.#options
    const { messageId: sqsMessageId } = held.received
    if (!target) {
      log.error(
        { sqsMessageId, reason: provenance.reason },
        'no dead-letter queue: the message is kept and comes again. Declare deadLetter, or give the queue a redrive policy.',
      )
      return false
    }
    for (let attempt = 1; ; attempt++) {
      await leases.renew(held)
      // Whoever has it now moves it; two copies would be one too many.
      if (!leases.isOurs(held)) return false
      const result = await this.#send(target, held, provenance)
      if (result.ok) return true
      const { error, verdict } = result
      onFault(error)
      if (verdict === 'never' || verdict === 'lost' || attempt === TRIES) {
        log.error(
          { err: error, sqsMessageId, deadLetterQueue: target.name },
          `could not move a message to its dead-letter queue; it is released: ${error.message}`,
        )
        return false
      }
      await sleep(clock, backoffDelay(BACKOFF, attempt, clock.random))
    }
  }

  #provenance({ attempt, received }: HeldDelivery, reason: string, error?: Error): Provenance {
    const { clock, queueName, worker } = this.#options
    return {
      queue: queueName,
      messageId: received.messageId,
      group: received.group,
      receives: received.receives,
      attempts: attempt,
      reason,
      error: error && {
        name: error.name,
        message: error.message.slice(0, ERROR_LENGTH),
        stack: error.stack?.slice(0, ERROR_LENGTH),
      },
      sentAt: new Date(received.sentAt).toISOString(),
      at: new Date(clock.epoch()).toISOString(),
      worker,
    }
  }

  async #send(target: QueueRef, { received }: HeldDelivery, provenance: Provenance): Promise<EntryResult> {
    const entry = {
      body: received.body,
      attributes: withProvenance(received.body, received.attributes, provenance),
      group: received.group,
      // As in SQS's own redrive. The waybill-id would make a second move within five minutes store nothing.
      deduplicationId: target.fifo ? received.messageId : undefined,
    }
    try {
      const [result] = await this.#options.connection.sqs.send(target, [entry], { timeout: SEND_TIMEOUT })
      return result ?? refusalOf(new Error('Bug: the transport gave no result for an entry.'))
    } catch (error) {
      return refusalOf(error)
    }
  }
}
