import { circular } from './check-declared.ts'
import { ContractError } from './contract-error.ts'
import { describeValue } from './describe-value.ts'
import type { AnyMessage } from './message.ts'

type Repeated<Ms extends readonly AnyMessage[], Seen = never> = Ms extends readonly [
  infer Head extends AnyMessage,
  ...infer Rest extends readonly AnyMessage[],
]
  ? Head['type'] extends Seen
    ? Head['type']
    : Repeated<Rest, Seen | Head['type']>
  : never

/** The list itself, with a sentence in place of a message whose type is in it twice. */
export type Once<Ms extends readonly AnyMessage[]> = {
  readonly [I in keyof Ms]: Ms[I] extends AnyMessage
    ? Ms[I]['type'] extends Repeated<Ms>
      ? `Error: '${Ms[I]['type']}' is listed twice`
      : Ms[I]
    : never
}

/** A `messages` option by type. `label` is for errors, as in `queue 'receipts'`. */
export function messagesByType(label: string, messages: unknown): ReadonlyMap<string, AnyMessage> {
  if (!Array.isArray(messages))
    throw new ContractError('definition', `${label}: messages is ${describeValue(messages)}. Write a list of messages.`)
  const byType = new Map<string, AnyMessage>()
  for (const [index, message] of messages.entries()) {
    if (!isMessage(message))
      throw new ContractError(
        'definition',
        `${label}: messages[${index}] is ${describeValue(message)}, no message. Give it what defineMessage() returns.${circular(message)}`,
      )
    if (byType.get(message.type) === message)
      throw new ContractError('definition', `${label}: '${message.type}' is listed twice.`)
    addMessage(label, byType, message)
  }
  return byType
}

/** Adds a message, unless the map has its type from another definition: a body could be read as either. */
export function addMessage(label: string, byType: Map<string, AnyMessage>, message: AnyMessage): void {
  const present = byType.get(message.type)
  if (present && present !== message)
    throw new ContractError(
      'definition',
      `${label}: '${message.type}' comes from two definitions (versions ${present.version} and ${message.version}). Use one message object everywhere; the result of the last evolve() also reads the older versions.`,
    )
  byType.set(message.type, message)
}

export function isMessage(value: unknown): value is AnyMessage {
  return typeof value === 'object' && value !== null && '~versions' in value
}
