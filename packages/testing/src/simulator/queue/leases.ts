import type { Clock } from '@waybill/core'
import { VISIBILITY_SECONDS } from '@waybill/sqs'
import { invalidValue } from '../aws-error.ts'
import type { MessageStore } from './message-store.ts'
import type { StoredMessage } from './message.ts'
import { handleProblem, isReceiptHandle, readReceiptHandle } from './receipt-handle.ts'

export interface LeasesOptions {
  readonly queueArn: string
  readonly fifo: boolean
  readonly clock: Clock
  readonly store: MessageStore
}

/** What may be done by a receipt handle, and what becomes of a message by it. Whoever calls it wakes the polls. */
export class Leases {
  readonly #options: LeasesOptions

  constructor(options: LeasesOptions) {
    this.#options = options
  }

  /** The message that a handle stands for, unless it is gone; and whether that receive is its newest. */
  read(handle: string | undefined) {
    const { clock, queueArn, store } = this.#options
    const { messageId, number } = readReceiptHandle(queueArn, handle)
    store.surface(clock.now())
    const message = store.find(messageId)
    return { message, isCurrent: message?.receipt === number }
  }

  delete(handle: string | undefined): void {
    const { fifo, store } = this.#options
    const { message, isCurrent } = this.read(handle)
    if (!message) return
    if (fifo && !(isCurrent && message.state === 'in-flight'))
      throw handleProblem(handle, 'The receipt handle has expired.')
    // by an older handle of a standard queue SQS says that all is well and may do nothing
    if (!isCurrent) return
    store.remove(message)
  }

  /** Seconds from now. By an old handle a standard queue changes it as well, whoever has the message by now (case 42). */
  changeVisibility(handle: string | undefined, seconds: number): void {
    if (!(seconds >= 0 && seconds <= VISIBILITY_SECONDS))
      throw invalidVisibility(seconds, `Must be between 0 and ${VISIBILITY_SECONDS}, if provided.`)
    const { clock, fifo } = this.#options
    const { message, isCurrent } = this.read(handle)
    const isHeld = message?.state === 'in-flight' && (isCurrent || !fifo)
    if (!message || (fifo && !isHeld))
      throw handleProblem(handle, 'Message does not exist or is not available for visibility timeout change.')
    if (!isHeld) return
    const limit = VISIBILITY_SECONDS * 1_000
    // not at the limit either: some milliseconds have always passed since the receive
    if (seconds > 0 && clock.now() - message.receivedAt + seconds * 1_000 >= limit)
      throw invalidVisibility(
        seconds,
        `Total VisibilityTimeout for the message is beyond the limit [${VISIBILITY_SECONDS} seconds]`,
      )
    this.hold(message, seconds)
  }

  /** Hides it for so many seconds from now. */
  hold(message: StoredMessage, seconds: number): void {
    const { clock, store } = this.#options
    if (seconds > 0) store.hide(message, 'in-flight', clock.now() + seconds * 1_000)
    else store.show(message)
  }

  /** The visibility timeout of what these handles stand for ends now. */
  expire(handles: readonly string[]): void {
    for (const handle of handles) {
      if (!isReceiptHandle(this.#options.queueArn, handle)) continue
      const { message, isCurrent } = this.read(handle)
      if (message?.state === 'in-flight' && isCurrent) this.hold(message, 0)
    }
  }
}

function invalidVisibility(seconds: number, reason: string) {
  return invalidValue(`Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: ${reason}`)
}
