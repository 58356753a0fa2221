import { integerOption } from '@waybill/core'
import { checkOptions } from './check-options.ts'
import { ContractError } from './contract-error.ts'
import { describeValue } from './describe-value.ts'
import { type Keying, resolveKeying, type Throughput } from './keying.ts'
import type { AnyMessage } from './message.ts'
import { addMessage, messagesByType } from './messages.ts'
import { checkIsName, checkQueueName } from './names.ts'
import type { QueueDefinition } from './queue.ts'
import { type QueueSettings, resolveQueueSettings } from './queue-settings.ts'
import { type AnySubscription, checkSubscriptions, listOf } from './subscription.ts'

/** The options of `defineQueue`, their types forgotten. */
export interface ErasedQueueOptions extends Keying, QueueSettings {
  readonly messages?: readonly AnyMessage[] | undefined
  readonly subscriptions?: readonly AnySubscription[] | undefined
  readonly fifo?: boolean | undefined
  readonly throughput?: Throughput | undefined
  readonly deadLetter?: { readonly attempts?: number | undefined; readonly name?: string | undefined } | undefined
  readonly untyped?: { readonly as: string; readonly version?: number | undefined } | undefined
}

const OPTIONS = [
  'messages',
  'subscriptions',
  'fifo',
  'group',
  'deduplicate',
  'throughput',
  'visibilityTimeout',
  'retention',
  'delay',
  'maximumMessageSize',
  'encryption',
  'tags',
  'deadLetter',
  'untyped',
]

/** Checks what types may have let through, and fills in the defaults. */
export function resolveQueue(name: string, options: ErasedQueueOptions): QueueDefinition {
  checkIsName('defineQueue', name)
  const label = `queue '${name}'`
  checkOptions(options, OPTIONS, 'defineQueue')
  const { fifo = false, messages: listed = [], subscriptions = [] } = options
  const messages = messagesByType(label, listed)
  const keying = resolveKeying(label, options, messages.size > 0)
  checkQueueName('defineQueue', name, fifo)
  checkSubscriptions(label, subscriptions, fifo)
  const takes = takesOf(label, messages, subscriptions)
  if (takes.size === 0)
    throw new ContractError('definition', `${label} takes nothing. List messages, or subscriptions to a topic.`)
  const settings = resolveQueueSettings(options)
  if (subscriptions.length > 0 && /\balias\/aws\/sqs$/.test(settings.encryption?.kmsKey ?? ''))
    throw new ContractError(
      'definition',
      `${label}: SNS can't use the key 'alias/aws/sqs', whose policy is AWS's own, and would drop what the queue subscribes to. Write a key of yours.`,
    )
  return Object.freeze({
    messages,
    takes,
    subscriptions: Object.freeze([...subscriptions]),
    ...settings,
    deadLetter: resolveDeadLetter(name, fifo, options.deadLetter),
    untyped: resolveUntyped(label, takes, options.untyped),
    ...keying,
  })
}

function takesOf(
  label: string,
  messages: ReadonlyMap<string, AnyMessage>,
  subscriptions: readonly AnySubscription[],
): ReadonlyMap<string, AnyMessage> {
  const takes = new Map(messages)
  for (const { types, '~topic': topic } of subscriptions)
    for (const [type, message] of topic['~definition'].messages)
      if (types.includes(type)) addMessage(label, takes, message)
  return takes
}

function resolveDeadLetter(
  queue: string,
  fifo: boolean,
  deadLetter: ErasedQueueOptions['deadLetter'],
): QueueDefinition['deadLetter'] {
  if (deadLetter === undefined) return undefined
  checkOptions(deadLetter, ['attempts', 'name'], 'deadLetter')
  const { attempts = 10, name = `${queue}-dead-letter` } = deadLetter
  checkQueueName('deadLetter.name', name, fifo)
  if (name === queue)
    throw new ContractError(
      'definition',
      `deadLetter.name: '${name}' is the queue itself. Write another name, or leave it out for '${queue}-dead-letter'.`,
    )
  return Object.freeze({
    attempts: integerOption(
      'deadLetter.attempts',
      attempts,
      1,
      500,
      "SQS's maxReceiveCount is set to twice that, and SQS allows 1,000",
    ),
    name,
  })
}

function resolveUntyped(
  label: string,
  takes: ReadonlyMap<string, AnyMessage>,
  untyped: ErasedQueueOptions['untyped'],
): QueueDefinition['untyped'] {
  if (untyped === undefined) return undefined
  checkOptions(untyped, ['as', 'version'], 'untyped')
  const { as, version = 1 } = untyped
  const message = takes.get(as)
  if (!message)
    throw new ContractError(
      'definition',
      `${label}: untyped.as is ${describeValue(as)}, none of the types that it takes: ${listOf(takes.keys())}.`,
    )
  return Object.freeze({
    as,
    version: integerOption('untyped.version', version, 1, message.version, `the versions of '${as}'`),
  })
}
