import type { Outcome } from './outcome.ts'
import type { State } from './consumer-state.ts'

/** What a consumer tells. Listeners run synchronously; one that throws is logged and breaks nothing. */
export interface ConsumerEvents {
  readonly state: { readonly from: State; readonly to: State }
  /** A receive was answered: how many messages after how many milliseconds. */
  readonly received: { readonly count: number; readonly ms: number }
  readonly started: { readonly type: string; readonly id: string; readonly attempt: number }
  /**
   * A message has its outcome. A failed attempt is `retry`, and `dead-letter` the one after which it was moved. What can't be
   * moved is kept: `retry`. `done` is what the handler made of it: when its delete is refused then, `lease-lost` follows.
   */
  readonly settled: {
    readonly type: string
    readonly id: string
    readonly attempt: number
    readonly outcome: Outcome['outcome']
    readonly ms: number
    readonly error: Error | undefined
    /** Why it was retried or moved, where a handler, or Waybill, gave a reason. */
    readonly reason: string | undefined
  }
  /** A message that came again after it had been handled, here or by what the idempotency store says: it is deleted. */
  readonly duplicate: { readonly type: string | undefined; readonly id: string }
  /** A message that no handler can get: no JSON, not of its contract. It goes to the dead-letter queue. */
  readonly invalid: { readonly type: string | undefined; readonly error: Error }
  readonly 'lease-lost': { readonly type: string; readonly id: string; readonly error: Error }
  /** A call that failed, to SQS or to the idempotency store. Waybill tries it again. */
  readonly fault: {
    readonly call: 'receive' | 'delete' | 'change-visibility' | 'dead-letter' | 'idempotency'
    readonly error: Error
  }
}

export const EVENT_NAMES = [
  'state',
  'received',
  'started',
  'settled',
  'duplicate',
  'invalid',
  'lease-lost',
  'fault',
] as const satisfies readonly (keyof ConsumerEvents)[]
