import type { ReceivedMessage } from '@waybill/sqs'

/**
 * `waiting` for its turn, a slot or a dead-letter move; `running` in a handler; `settling`: its outcome is on its way to
 * SQS; `settled`: the end; `lost`: its lease ran out, the end but for a late delete.
 */
export type DeliveryState = 'waiting' | 'running' | 'settling' | 'settled' | 'lost'

/** From where each state may be entered. A failed FIFO head goes back from running to waiting. */
const FROM: Record<DeliveryState, readonly DeliveryState[]> = {
  waiting: ['running'],
  running: ['waiting'],
  settling: ['waiting', 'running'],
  settled: ['settling'],
  lost: ['waiting', 'running', 'settling'],
}

/** One receive of one message, for as long as this consumer holds it. */
export class HeldDelivery {
  readonly received: ReceivedMessage
  /** When its lease began, on the clock: SQS counts the 12 hours from here. */
  readonly heldSince: number
  /** Until when it is surely ours, on the clock. */
  leaseEnds: number
  /** The one visibility call under way for it; a settlement waits for it. */
  visibilityCall: Promise<void> | undefined
  #state: DeliveryState = 'waiting'
  #starts = 0
  #controller: AbortController | undefined

  constructor(received: ReceivedMessage, heldSince: number, leaseEnds: number) {
    this.received = received
    this.heldSince = heldSince
    this.leaseEnds = leaseEnds
  }

  get state(): DeliveryState {
    return this.#state
  }

  /** Which attempt its next or current start is, from 1. */
  get attempt(): number {
    return this.received.receives - 1 + Math.max(1, this.#starts)
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  abort(reason: Error): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }

  /** A new start: a signal of its own, since the last one may have aborted at a timeout. */
  start(): void {
    this.become('running')
    this.#starts++
    this.#controller = undefined
  }

  become(state: DeliveryState): void {
    if (!FROM[state].includes(this.#state)) throw new Error(`Bug: a delivery can't go from ${this.#state} to ${state}.`)
    this.#state = state
  }
}
