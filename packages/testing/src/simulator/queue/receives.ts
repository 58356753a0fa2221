import type { Clock } from '@waybill/core'
import { AwsError, invalidValue } from '../aws-error.ts'
import type { Leases } from './leases.ts'
import type { LongPolls } from './long-polls.ts'
import type { MessageStore } from './message-store.ts'
import type { StoredMessage } from './message.ts'
import { receiptHandle } from './receipt-handle.ts'
import { RecentAnswers } from '../recent-answers.ts'

export interface Receive {
  readonly max: number
  /** Seconds. */
  readonly wait: number
  /** Seconds. */
  readonly visibilityTimeout: number
  /** FIFO only. */
  readonly attemptId: string | undefined
}

/** One message as one receive gives it. */
export interface Receipt {
  readonly message: StoredMessage
  readonly handle: string
  /** ApproximateReceiveCount. */
  readonly receives: number
  /** Until when this attempt hides it, on the clock. */
  hiddenUntil: number
}

export interface ReceivesOptions {
  readonly queueArn: string
  readonly fifo: boolean
  readonly clock: Clock
  readonly store: MessageStore
  readonly polls: LongPolls<readonly Receipt[]>
  readonly leases: Leases
  /** Messages in flight that the queue bears. */
  readonly inFlightLimit: number
  /** Whether a message that is given stays visible. */
  readonly isDuplicated: () => boolean
  /** Whether the redrive policy has it moved instead of received: then it is gone. */
  readonly isWithdrawn: (message: StoredMessage) => boolean
}

/** Receives of one queue. */
export class Receives {
  readonly #options: ReceivesOptions
  readonly #attempts: RecentAnswers<readonly Receipt[]>
  #number = 0

  constructor(options: ReceivesOptions) {
    this.#options = options
    this.#attempts = new RecentAnswers(options.clock)
  }

  async receive(request: Receive, signal: AbortSignal | undefined): Promise<readonly Receipt[]> {
    const { fifo, polls } = this.#options
    const { attemptId = '', wait } = request
    const answered = this.#attempts.find(attemptId)
    if (answered) return this.#again(answered, request)
    const take = () => {
      const receipts = this.#take(request)
      if (receipts.length === 0) return undefined
      if (attemptId !== '') this.#attempts.remember(attemptId, receipts)
      return receipts
    }
    const receipts = take()
    if (receipts) return receipts
    if (wait > 0) return (await polls.wait(take, wait * 1_000, signal)) ?? []
    // a long poll and a FIFO queue say nothing of it
    if (!fifo && this.#room <= 0) throw new AwsError('OverLimit', 'Too many messages are in flight.')
    return []
  }

  clear(): void {
    this.#attempts.clear()
  }

  get #room(): number {
    return this.#options.inFlightLimit - this.#options.store.inFlight
  }

  #take({ max, visibilityTimeout }: Receive): Receipt[] {
    const { clock, isDuplicated, isWithdrawn, queueArn, store } = this.#options
    const now = clock.now()
    const hiddenUntil = now + visibilityTimeout * 1_000
    const receipts: Receipt[] = []
    store.surface(now)
    store.take(Math.min(max, this.#room), (message) => {
      if (isWithdrawn(message)) return false
      message.receives++
      message.receipt = ++this.#number
      message.receivedAt = now
      message.firstReceivedAt ??= clock.epoch()
      if (visibilityTimeout > 0 && !isDuplicated()) store.hide(message, 'in-flight', hiddenUntil)
      const handle = receiptHandle(queueArn, message.id, message.receipt)
      receipts.push({ message, handle, receives: message.receivesBefore + message.receives, hiddenUntil })
      return true
    })
    return receipts
  }

  /** The same attempt again gets the same, hidden anew, unless something has happened to it since (case 66). */
  #again(receipts: readonly Receipt[], { attemptId, visibilityTimeout }: Receive): readonly Receipt[] {
    const { leases } = this.#options
    const isUnchanged = receipts.every(({ handle, hiddenUntil }) => {
      const { message, isCurrent } = leases.read(handle)
      return isCurrent && message?.state === 'in-flight' && message.hiddenUntil === hiddenUntil
    })
    if (!isUnchanged)
      throw invalidValue(
        `Value ${attemptId} for parameter ReceiveRequestAttemptId is invalid. Reason: The receiveRequestAttemptId is not valid anymore since the receive call is not retryable.`,
      )
    for (const receipt of receipts) {
      leases.hold(receipt.message, visibilityTimeout)
      receipt.hiddenUntil = receipt.message.hiddenUntil
    }
    return receipts
  }
}
