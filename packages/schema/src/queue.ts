import type { GroupIfNeeded, Keying, KeyOptions, Throughput } from './keying.ts'
import type { AnyMessage } from './message.ts'
import type { Once } from './messages.ts'
import type { QueueSettings, ResolvedQueueSettings } from './queue-settings.ts'
import { type ErasedQueueOptions, resolveQueue } from './resolve-queue.ts'
import type { AnySubscription, Subscription } from './subscription.ts'

/**
 * A declared SQS queue. `Sends`: what producers may send to it. `Takes`: what consumers get, subscriptions included.
 */
export interface Queue<Sends extends AnyMessage, Takes extends AnyMessage> {
  readonly kind: 'queue'
  /** As declared, without `.fifo`. */
  readonly name: string
  readonly fifo: boolean
  readonly '~sends'?: Sends
  readonly '~takes'?: Takes
  readonly '~definition': QueueDefinition
}

/** Any queue, its types forgotten. */
export type AnyQueue = Queue<AnyMessage, AnyMessage>

/** What may be sent to a declared queue or topic. */
export type SendsOf<D> = D extends { readonly '~sends'?: infer M } ? Extract<M, AnyMessage> : never

/** What a consumer of a declared queue gets. */
export type TakesOf<Q> = Q extends { readonly '~takes'?: infer M } ? Extract<M, AnyMessage> : never

/** A queue's options, checked and complete. */
export interface QueueDefinition extends Keying, ResolvedQueueSettings {
  /** Sent straight to the queue. */
  readonly messages: ReadonlyMap<string, AnyMessage>
  /** Those, and the subscriptions'. */
  readonly takes: ReadonlyMap<string, AnyMessage>
  readonly subscriptions: readonly AnySubscription[]
  readonly deadLetter: { readonly attempts: number; readonly name: string } | undefined
  readonly untyped: { readonly as: string; readonly version: number } | undefined
  /** Without meaning on a standard queue. */
  readonly throughput: Throughput
}

type Selected<S> = S extends Subscription<infer M, boolean> ? M : never

type Source<S, Fifo> = [Fifo] extends [true]
  ? S extends Subscription<AnyMessage, true>
    ? S
    : 'Error: a FIFO queue can subscribe only to a FIFO topic'
  : S

interface Options<Ms extends readonly AnyMessage[], Ss extends readonly AnySubscription[], Fifo> extends QueueSettings {
  /** What is sent straight to the queue. */
  readonly messages?: Once<Ms> | undefined
  /** What it takes of topics: one `select` for each topic. */
  readonly subscriptions?: { readonly [I in keyof Ss]: Source<Ss[I], NoInfer<Fifo>> } | undefined
  /** Whether order holds within a message group. Default: false. */
  readonly fifo?: Fifo | undefined
  /**
   * Where messages go that can't be handled; `{}` for the defaults, left out for none.
   *
   * `attempts`: how often a message is tried. Default: 10. 1 to 500: SQS's maxReceiveCount is set to twice that, and
   * SQS allows 1,000. `name`: the dead-letter queue's, by default `<name>-dead-letter`.
   */
  readonly deadLetter?: { readonly attempts?: number | undefined; readonly name?: string | undefined } | undefined
  /** Takes bodies without Waybill's attributes, from foreign senders, as one of the types. `version`: by default 1. */
  readonly untyped?:
    | {
        readonly as: NoInfer<(Ms[number] | Selected<Ss[number]>)['type']>
        readonly version?: number | undefined
      }
    | undefined
}

/**
 * Declares an SQS queue.
 *
 * @param name letters, digits, `-` and `_`, at most 80 with the `.fifo` that a FIFO queue gets (SQS's limit).
 * @throws {ContractError} `definition` for a bad name, a composition that SQS or SNS refuses, or a type from two
 * definitions.
 * @throws {OptionsError} for an option's value.
 * @example
 * const receipts = defineQueue('receipts', {
 *   messages: [SendReceipt],
 *   subscriptions: [orders.select('order.paid')],
 *   visibilityTimeout: '30s',
 *   deadLetter: { attempts: 10 },
 * })
 */
export function defineQueue<
  const Ms extends readonly AnyMessage[] = [],
  const Ss extends readonly AnySubscription[] = [],
  Fifo extends boolean = false,
>(
  name: string,
  options: Options<Ms, Ss, Fifo> & KeyOptions<Ms[number], NoInfer<Fifo>> & GroupIfNeeded<NoInfer<Ms>, NoInfer<Fifo>>,
): Queue<Ms[number], Ms[number] | Selected<Ss[number]>>
export function defineQueue(name: string, options: ErasedQueueOptions): AnyQueue {
  const definition = resolveQueue(name, options)
  return Object.freeze({ kind: 'queue', name, fifo: options.fifo ?? false, '~definition': definition })
}
