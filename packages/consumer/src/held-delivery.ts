import { Link } from '@waybill/core'
import type { ReceivedMessage } from '@waybill/sqs'
import type { Decoded, Undecoded } from './decoder.ts'
import type { Lane } from './lane.ts'
import { after, type Transitions } from './transitions.ts'

/**
 * `waiting` for its turn, a slot or its back-off; `running` in a handler; `settling`: its outcome is on its way to SQS;
 * `settled`: the end; `lost`: its lease ran out, the end but for a late delete.
 */
export type DeliveryState = 'waiting' | 'running' | 'settling' | 'settled' | 'lost'

/** `wait`: it stays here, to be tried again or handed back; `settle`: delete, move or release it; `settled`: that is done. */
type DeliveryEvent = 'start' | 'wait' | 'settle' | 'settled' | 'lose'

export const DELIVERY: Transitions<DeliveryState, DeliveryEvent> = {
  waiting: { start: 'running', settle: 'settling', lose: 'lost' },
  running: { wait: 'waiting', settle: 'settling', lose: 'lost' },
  settling: { settled: 'settled', lose: 'lost' },
  settled: {},
  lost: {},
}

/** One receive of one message, for as long as this consumer holds it. */
export class HeldDelivery {
  readonly received: ReceivedMessage
  /** When its lease began, on the clock: SQS counts the 12 hours from here. */
  readonly heldSince: number
  /** Until when it is surely ours, on the clock. */
  leaseEnds: number
  /** Its lane, while its lease is kept up. */
  heldIn: Lane | undefined
  /** Its place among those whose leases end when its own does. */
  readonly leaseLink = new Link<HeldDelivery>(this)
  /** The one visibility call under way for it; a settlement waits for it. */
  visibilityCall: Promise<void> | undefined
  /** What it says, once somebody has read it. */
  message: Decoded | Undecoded | undefined
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

  /** Made when it is first asked for: most handlers never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  /** Why the signal of its current start has aborted. */
  get abortReason(): unknown {
    const reason: unknown = this.#controller?.signal.reason
    return reason
  }

  abort(reason: Error): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }

  /** A new start: a signal of its own, since the last one may have aborted at a timeout. */
  start(): void {
    this.#on('start')
    this.#starts++
    this.#controller = undefined
  }

  /** It has failed, or was not handled after all: then its start counts for nothing. */
  wait({ unhandled = false } = {}): void {
    this.#on('wait')
    if (unhandled) this.#starts--
  }

  settle(): void {
    this.#on('settle')
  }

  settled(): void {
    this.#on('settled')
  }

  lose(reason: Error): void {
    this.#on('lose')
    this.abort(reason)
  }

  #on(event: DeliveryEvent): void {
    this.#state = after(DELIVERY, this.#state, event)
  }
}
