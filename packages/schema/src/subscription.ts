import { ContractError } from './contract-error.ts'
import { describeValue } from './describe-value.ts'
import type { AnyMessage } from './message.ts'
import type { AnyTopic } from './topic.ts'

/** What a queue takes of a topic; made by a topic's `select`. */
export interface Subscription<M extends AnyMessage, Fifo extends boolean> {
  /** The topic's declared name. */
  readonly topic: string
  readonly fifo: Fifo
  readonly types: readonly string[]
  readonly '~message'?: M
  readonly '~topic': AnyTopic
}

/** Any subscription, its types forgotten. */
export type AnySubscription = Subscription<AnyMessage, boolean>

/**
 * SNS takes at most 150 values in a filter policy ("Filter policy is too complex"); its 256 KB can't be reached by
 * them.
 */
const MAX_TYPES = 150

export function subscriptionOf<M extends AnyMessage>(
  topic: AnyTopic,
  types: readonly string[],
): Subscription<M, boolean> {
  const { messages } = topic['~definition']
  const refuse = (why: string) => new ContractError('definition', `topic '${topic.name}' select: ${why}`)
  if (types.length === 0) throw refuse(`no type is named. It has ${listOf(messages.keys())}.`)
  if (types.length > MAX_TYPES)
    throw refuse(`${types.length} types, but an SNS filter policy takes at most ${MAX_TYPES}. Split the topic.`)
  for (const [index, type] of types.entries()) {
    if (typeof type !== 'string')
      throw refuse(`${describeValue(type)} is not a type. Write them one by one: ${listOf(messages.keys())}.`)
    if (!messages.has(type)) throw refuse(`it has no '${type}'. It has ${listOf(messages.keys())}.`)
    if (types.indexOf(type) !== index) throw refuse(`'${type}' is listed twice.`)
  }
  return Object.freeze({ topic: topic.name, fifo: topic.fifo, types: Object.freeze([...types]), '~topic': topic })
}

/** Checks a queue's `subscriptions` option. `label` is for errors, as in `queue 'receipts'`. */
export function checkSubscriptions(label: string, subscriptions: readonly AnySubscription[], fifo: boolean): void {
  const refuse = (why: string) => new ContractError('definition', `${label}: ${why}`)
  if (!Array.isArray(subscriptions))
    throw refuse(`subscriptions is ${describeValue(subscriptions)}. Write a list of topic.select(…).`)
  const topics = new Set<string>()
  for (const [index, subscription] of subscriptions.entries()) {
    if (!isSubscription(subscription))
      throw refuse(`subscriptions[${index}] is ${describeValue(subscription)}, no subscription. Write topic.select(…).`)
    const { topic } = subscription
    if (fifo && !subscription.fifo)
      throw refuse(`a FIFO queue can subscribe only to a FIFO topic, and '${topic}' is a standard one (SNS's rule).`)
    const physical = `${topic}${subscription.fifo ? '.fifo' : ''}`
    if (topics.has(physical))
      throw refuse(
        `two subscriptions to topic '${topic}', but SNS has one for each queue. Name all types in one select.`,
      )
    topics.add(physical)
  }
}

function isSubscription(value: unknown): value is AnySubscription {
  return typeof value === 'object' && value !== null && '~topic' in value
}

export function listOf(types: Iterable<string>): string {
  return Array.from(types, (type) => `'${type}'`).join(', ')
}
