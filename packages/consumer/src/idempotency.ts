import type { Duration } from '@waybill/core'
import type { AnyMessage, AttributesOf, Entry } from '@waybill/schema'
import type { Context } from './context.ts'

/**
 * Remembers which messages are done, for all processes that share it. Each method is one atomic step; a rejection means
 * that the store can't be asked now: it is asked again, and meanwhile nothing is handled blindly.
 *
 * @example
 * // on Redis, say: `begin` is SET key owner NX PX forMs, where a value of 'done' or another owner tells the rest
 */
export interface IdempotencyStore {
  /**
   * Puts the key in progress for `owner`, for `forMs` milliseconds: `'begun'`. An owner that begins again gets `'begun'` and a
   * new `forMs`. `'done'`: it was finished, and that is remembered yet. `'in-progress'`: another owner is at it and has time left.
   */
  begin(key: string, owner: string, forMs: number): Promise<'begun' | 'done' | 'in-progress'>
  /** Marks the key as done for `forMs` milliseconds, whoever has begun it. */
  finish(key: string, owner: string, forMs: number): Promise<void>
  /** Forgets the key, if it is in progress for `owner`: it may be begun again at once. */
  release(key: string, owner: string): Promise<void>
}

/** A message and its context, discriminated by `type`. */
type DeliveryOf<M extends AnyMessage> = M extends AnyMessage ? Context<M['type'], AttributesOf<M>> & Entry<M> : never

/** Handles each message once across processes, as far as its store remembers. */
export interface Idempotency<M extends AnyMessage = AnyMessage> {
  readonly store: IdempotencyStore
  /**
   * What tells one piece of work from another of the same type. Default: the message's `id`. The queue's physical name and the
   * type go before it. What is no text, or an empty one, is a failed attempt.
   *
   * @example
   * key: ({ type, payload }) => (type === 'order.paid' ? payload.orderId : payload.receiptId)
   */
  key?(delivery: DeliveryOf<M>): string
  /** How long it is remembered that a message is done, from `'1m'` to `'365d'`. Default `'14d'`, the longest that SQS keeps a message. */
  readonly keep?: Duration | undefined
}
