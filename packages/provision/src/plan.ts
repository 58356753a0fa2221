import { checkConnection, type Connection } from '@waybill/sqs'
import { readAccount } from './account.ts'
import { type Change, describeChange } from './change.ts'
import { compare } from './compare.ts'
import { type Declaration, type Declarations, sorted } from './declarations.ts'
import { desiredOf } from './desired.ts'

/** What `apply` would change. Prints as one line a change. */
export interface Plan {
  /** In the order in which they are made. Empty: the account is as declared. */
  readonly changes: readonly Change[]
  toString(): string
  readonly '~connection': Connection
}

/**
 * Compares declarations with the account of a connection; changes nothing. With the queues come their dead-letter queues
 * and the topics that they subscribe to.
 *
 * @throws {OptionsError} for what is not declared by `defineQueue` or `defineTopic`.
 * @throws {ProvisionError} `conflict`, or `elsewhere` for what is missing in an account that is not that of the credentials.
 * @throws {SqsError} for a refused call.
 * @example
 * const changes = await plan(connection, [orders, receipts, stock])
 * console.log(String(changes))
 * await apply(changes)
 */
export async function plan(connection: Connection, declarations: readonly Declaration[]): Promise<Plan> {
  checkConnection(connection, 'plan')
  const declared = sorted(declarations)
  const account = await readAccount(connection, declared)
  const changes = compare(desiredOf(declared, account), account)
  warnOfAge(connection, declared)
  return Object.freeze({
    changes,
    toString: () => changes.map(describeChange).join('\n'),
    '~connection': connection,
  })
}

const DAY = 86_400

/** A standard dead-letter queue keeps a message's first enqueue time, and 14 days is the longest retention (SQS). */
function warnOfAge({ logger }: Connection, { queues }: Declarations): void {
  for (const {
    name,
    fifo,
    '~definition': { deadLetter, retention },
  } of queues) {
    if (fifo || !deadLetter || retention <= 7 * DAY) continue
    const days = retention / DAY
    logger.warn(
      { queue: name, retention },
      `after ${days} days in queue '${name}' a message has ${14 - days} left in its dead-letter queue`,
    )
  }
}
