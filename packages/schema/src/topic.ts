import { checkOptions } from './check-options.ts'
import { ContractError } from './contract-error.ts'
import { type GroupIfNeeded, type Keying, type KeyOptions, resolveKeying, type Throughput } from './keying.ts'
import type { AnyMessage, Picked } from './message.ts'
import { messagesByType, type Once } from './messages.ts'
import { checkIsName, checkTopicName } from './names.ts'
import { type Subscription, subscriptionOf } from './subscription.ts'
import { type ResolvedTopicSettings, resolveTopicSettings, type TopicSettings } from './topic-settings.ts'

/** A declared SNS topic. `M`: the messages that producers may send to it. */
export interface Topic<M extends AnyMessage, Fifo extends boolean> {
  readonly kind: 'topic'
  /** As declared, without `.fifo`. */
  readonly name: string
  readonly fifo: Fifo
  /**
   * What a queue takes of this topic, for `defineQueue({ subscriptions })`. Becomes SNS's filter policy.
   *
   * @param types 1 to 150 of the topic's types, SNS's limit for one filter policy.
   * @throws {ContractError} `definition` for a type that the topic doesn't have, or for too many.
   */
  select<const T extends M['type']>(...types: readonly [T, ...T[]]): Subscription<Picked<M, T>, Fifo>
  readonly '~sends'?: M
  readonly '~definition': TopicDefinition
}

/** Any topic, its types forgotten. */
export type AnyTopic = Topic<AnyMessage, boolean>

/** A topic's options, checked and complete. */
export interface TopicDefinition extends Keying, ResolvedTopicSettings {
  readonly messages: ReadonlyMap<string, AnyMessage>
  /** Without meaning on a standard topic. */
  readonly throughput: Throughput
}

interface Options<Ms extends readonly AnyMessage[], Fifo> extends TopicSettings {
  /** What may be sent to the topic. */
  readonly messages: Once<Ms>
  /** Whether order holds within a message group. Default: false. A FIFO topic may feed FIFO and standard queues. */
  readonly fifo?: Fifo | undefined
}

/**
 * Declares an SNS topic.
 *
 * @param name letters, digits, `-` and `_`, at most 256 with the `.fifo` that a FIFO topic gets (SNS's limit).
 * @throws {ContractError} `definition` for a bad name, a composition that SNS refuses, or a type from two definitions.
 * @throws {OptionsError} for an option's value.
 * @example
 * const orders = defineTopic('orders', {
 *   messages: [OrderPaid, OrderCancelled],
 *   fifo: true,
 *   group: (m) => m.payload.orderId,
 * })
 */
export function defineTopic<const Ms extends readonly AnyMessage[], Fifo extends boolean = false>(
  name: string,
  options: Options<Ms, Fifo> & KeyOptions<Ms[number], NoInfer<Fifo>> & GroupIfNeeded<NoInfer<Ms>, NoInfer<Fifo>>,
): Topic<Ms[number], Fifo>
export function defineTopic(name: string, options: ErasedOptions): AnyTopic {
  checkIsName('defineTopic', name)
  const label = `topic '${name}'`
  checkOptions(options, OPTIONS, 'defineTopic')
  const { fifo = false } = options
  const messages = messagesByType(label, options.messages)
  if (messages.size === 0) throw new ContractError('definition', `${label} carries nothing. List its messages.`)
  const keying = resolveKeying(label, options, true)
  checkTopicName('defineTopic', name, fifo)
  const topic: AnyTopic = {
    kind: 'topic',
    name,
    fifo,
    select: (...types) => subscriptionOf(topic, types),
    '~definition': Object.freeze({ messages, ...resolveTopicSettings(options), ...keying }),
  }
  return Object.freeze(topic)
}

const OPTIONS = ['messages', 'fifo', 'group', 'deduplicate', 'throughput', 'maximumMessageSize', 'encryption', 'tags']

interface ErasedOptions extends Keying, TopicSettings {
  readonly messages: readonly AnyMessage[]
  readonly fifo?: boolean | undefined
  readonly throughput?: Throughput | undefined
}
