import type { Duration } from '@waybill/core'
import type { AnyMessage, AnyQueue, AttributesOf, PayloadOf, Picked, TakesOf } from '@waybill/schema'
import type { Logger } from '@waybill/sqs'
import type { Context } from './context.ts'
import type { Outcome } from './outcome.ts'

/** Handles one message. Returning nothing means done; a throw is a retry under the back-off. */
export type Handler<Payload, C = Context> = (payload: Payload, context: C) => Promise<void | Outcome> | void | Outcome

/** One message of a batch. */
export interface Item<Payload, C = Context> {
  readonly payload: Payload
  readonly context: C
}

/** One outcome for all items, or outcomes by item: an item that the map lacks is done. */
export type BatchOutcome<I> = void | Outcome | ReadonlyMap<I, Outcome>

export interface HandlerOptions {
  /** When the handler's signal aborts. A handler that ignores it keeps its slot until it ends. Default: never. */
  readonly timeout?: Duration | undefined
  /**
   * How many handlers of this type run at once. Default: as many as the consumer's. What waits for them is held, up to ten
   * messages for each of the consumer's `concurrency`: a type that comes faster than its limit for long fills that, and keeps
   * the others out. Give it a queue of its own.
   */
  readonly concurrency?: number | undefined
}

/** A handler with options. */
export interface OneByOne<Payload, C> extends HandlerOptions {
  readonly handle: Handler<Payload, C>
  readonly batch?: never
}

/**
 * A handler of several messages at once. A batch takes one slot; its `signal` aborts at its timeout and shortly before a
 * stop runs out of time, an item's own `context.signal` also when that item's lease is lost.
 */
export interface InBatches<Payload, C> extends HandlerOptions {
  /** At most `size` items; a smaller batch is handled `wait` after its first (default `'1s'`). */
  readonly batch: { readonly size: number; readonly wait?: Duration | undefined }
  readonly handleBatch: (
    items: readonly Item<Payload, C>[],
    batch: { readonly signal: AbortSignal; readonly log: Logger },
  ) => Promise<BatchOutcome<Item<Payload, C>>> | BatchOutcome<Item<Payload, C>>
}

/** A handler for each type, no more and no fewer. */
export type HandlersFor<M extends AnyMessage, Added = {}> = {
  readonly [T in M['type']]: InAnyForm<PayloadOf<Picked<M, T>>, Context<T, AttributesOf<Picked<M, T>>> & Added>
}
type InAnyForm<Payload, C> = Handler<Payload, C> | OneByOne<Payload, C> | InBatches<Payload, C>

/** The handlers of a queue, for a file of their own: `satisfies HandlersOf<typeof receipts>`. */
export type HandlersOf<Q extends AnyQueue, Added = {}> = HandlersFor<TakesOf<Q>, Added>

/** The handler of one type of a queue: `const onPaid: HandlerOf<typeof receipts, 'order.paid'>`. */
export type HandlerOf<Q extends AnyQueue, T extends TakesOf<Q>['type'], Added = {}> = Handler<
  PayloadOf<Picked<TakesOf<Q>, T>>,
  Context<T, AttributesOf<Picked<TakesOf<Q>, T>>> & Added
>
