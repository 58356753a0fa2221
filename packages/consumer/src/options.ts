import type { Backoff, Duration, Listeners } from '@waybill/core'
import type { AnyQueue, TakesOf } from '@waybill/schema'
import type { Delivery } from './context.ts'
import type { ConsumerEvents } from './events.ts'
import type { HandlersOf } from './handlers.ts'
import type { Idempotency, IdempotencyStore } from './idempotency.ts'
import type { Additions, Middleware } from './middleware.ts'
import type { ResolvedHandler } from './resolve-handlers.ts'
import type { RetryIn } from './retry-delay.ts'

/** How a consumer works on its queue. */
export interface ConsumerOptions<Q extends AnyQueue, Us extends readonly Middleware[] = []> {
  /** One handler for each type that the queue takes. */
  readonly handlers: HandlersOf<Q, Additions<Us>>
  /** Handlers (or batches) that run at once. Default 10, from 1 to 1,000. */
  readonly concurrency?: number | undefined
  /**
   * Handlers of one message group that run at once, on a standard queue: the share that one tenant of a fair queue gets here.
   * What waits for it is held, up to five messages for each of `concurrency`; beyond, the oldest go back to SQS under the
   * back-off, at most for half of their attempts. Messages without a group are not limited. Default: no limit of its own.
   */
  readonly groupConcurrency?: number | undefined
  /**
   * At most `max` messages start in any `per`, attempts and the items of a batch counted singly: for something that takes no more.
   * `max` is from 1 to 10,000, `per` from `'10ms'` to `'1h'`. Each process counts for itself. Default: no limit.
   */
  readonly rateLimit?: { readonly max: number; readonly per: Duration } | undefined
  /** Wraps every handler, the first outermost. */
  readonly use?: Us | undefined
  readonly on?: Listeners<ConsumerEvents> | undefined
  /** The delay after a failed attempt: `first` (default `'10s'`), doubled each time, at most `max` (default `'15m'`), half of it random. */
  readonly backoff?: { readonly first?: Duration | undefined; readonly max?: Duration | undefined } | undefined
  /**
   * The delay after failed attempt number `attempt`, from 1, in whole seconds up to SQS's `'12h'`; undefined: as `backoff` says.
   * A handler's `retry({ delay })` goes before it.
   *
   * @example
   * retryIn: (attempt, { error }) => (error instanceof RateLimited ? '1m' : attempt === 1 ? '0s' : undefined)
   */
  readonly retryIn?: RetryIn | undefined
  /** Asks a store before each start whether the message is done, or in progress elsewhere. Default: no store. */
  readonly idempotency?: Idempotency<TakesOf<Q>> | undefined
  /** For how long a message of an unknown type or a newer version is released. Default `'5m'`, up to half of it random. */
  readonly unknownDelay?: Duration | undefined
  /** How long a poll waits for messages: whole seconds from `'1s'` to SQS's `'20s'`, which is the default and the cheapest. A stop waits for the open one. */
  readonly waitTime?: Duration | undefined
  /** How long a stop may take, when a signal asks for it or `stop()` says nothing else. Default `'25s'`. */
  readonly stopTimeout?: Duration | undefined
}

export interface ResolvedIdempotency {
  readonly store: IdempotencyStore
  readonly key: (delivery: Delivery) => string
  /** Milliseconds. */
  readonly keep: number
}

/** Milliseconds, seconds and counts, complete and checked. */
export interface ResolvedOptions {
  readonly handlers: ReadonlyMap<string, ResolvedHandler>
  readonly middleware: readonly Middleware[]
  readonly concurrency: number
  readonly groupConcurrency: number | undefined
  /** `per` in milliseconds. */
  readonly rateLimit: { readonly max: number; readonly per: number } | undefined
  /** Deliveries (standard) or lanes (FIFO) that may wait or run at once. */
  readonly capacity: number
  /** All deliveries that may be held, settling ones included, parked ones not. */
  readonly heldBound: number
  /** Deliveries that may be parked. */
  readonly parkedBound: number
  readonly backoff: Backoff
  readonly retryIn: RetryIn | undefined
  readonly idempotency: ResolvedIdempotency | undefined
  /** Milliseconds. */
  readonly unknownDelay: number
  /** Seconds. */
  readonly waitTime: number
  /** Seconds. */
  readonly visibilityTimeout: number
  /** Milliseconds. */
  readonly stopTimeout: number
}
