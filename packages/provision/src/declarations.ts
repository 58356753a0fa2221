import { OptionsError, quote } from '@waybill/core'
import { type AnyQueue, type AnyTopic, checkDeclared, describeValue } from '@waybill/schema'
import type { Declared } from '@waybill/sqs'
import { ProvisionError } from './provision-error.ts'

/** A declared queue or topic. */
export type Declaration = AnyQueue | AnyTopic

export interface Declarations {
  readonly queues: readonly AnyQueue[]
  /** Those listed, and those that only a subscription names. */
  readonly topics: readonly AnyTopic[]
}

/**
 * Sorts declarations, each once. `of` is the call, as in `plan`. Throws an {@link OptionsError} for what is none, a
 * {@link ProvisionError} when two differ and have the same name.
 */
export function sorted(declarations: readonly Declaration[], of: string): Declarations {
  checkList(declarations, of)
  const queues = declarations.filter((declaration) => declaration.kind === 'queue')
  const listed = declarations.filter((declaration) => declaration.kind === 'topic')
  const named = queues.flatMap((queue) => queue['~definition'].subscriptions.map(({ '~topic': topic }) => topic))
  return { queues: unique(queues), topics: unique([...listed, ...named]) }
}

function checkList(declarations: unknown, of: string): void {
  const refuse = (why: string) => new OptionsError(`${of}: ${why}. Write ${of}(connection, [orders, receipts]).`)
  if (!Array.isArray(declarations))
    throw refuse(`${describeValue(declarations)} is not a list of declared queues and topics`)
  if (declarations.length === 0) throw refuse('the list of declared queues and topics is empty')
  for (const [index, declaration] of declarations.entries())
    checkDeclared(declaration, ['queue', 'topic'], `${of}: declarations[${index}]`)
}

function unique<D extends Declaration>(declarations: readonly D[]): D[] {
  const byName = new Map<string, D>()
  for (const declaration of declarations) {
    const { kind, name } = declaration
    const present = byName.get(keyOf(declaration))
    if (present && present !== declaration) {
      throw new ProvisionError(
        'conflict',
        `Two declarations of ${kind} ${quote(name)}: pass one object, made once and imported everywhere.`,
      )
    }
    byName.set(keyOf(declaration), declaration)
  }
  return Array.from(byName.values())
}

/** Tells declared queues apart; a FIFO and a standard one may share their declared name. */
export const keyOf = ({ name, fifo }: Declared): string => `${name} ${fifo}`

/** Where SQS moves what was received too often. */
export function deadLetterOf({ fifo, '~definition': { deadLetter } }: AnyQueue): Declared | undefined {
  return deadLetter && { name: deadLetter.name, fifo }
}

/** Where SNS puts what it can't deliver to the queue: its dead-letter queue, or one made for that when it has none. */
export function undeliveredOf(queue: AnyQueue): Declared | undefined {
  if (queue['~definition'].subscriptions.length === 0) return undefined
  return deadLetterOf(queue) ?? { name: `${queue.name}-undelivered`, fifo: queue.fifo }
}

/** Where messages of the queue may end up: these exist before it. */
export function targetsOf(queue: AnyQueue): Declared[] {
  return [deadLetterOf(queue), undeliveredOf(queue)].filter((target) => target !== undefined)
}
