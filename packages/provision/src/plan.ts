import { checkConnection, type Connection } from '@waybill/sqs'
import { readAccount } from './account.ts'
import type { Change } from './change.ts'
import { checkPlaces } from './check-places.ts'
import { compare } from './compare.ts'
import { type Declaration, type Declarations, sorted } from './declarations.ts'
import { describeChange } from './describe-change.ts'
import { desiredOf } from './desired.ts'
import { neededBy } from './needed.ts'
import { patient } from './patient.ts'
import { type PlanOptions, resolvePlanOptions } from './plan-options.ts'

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
 * @throws {OptionsError} for what is not declared by `defineQueue` or `defineTopic`, an empty list, or an option that can't be used.
 * @throws {ProvisionError} `conflict` for declarations that contradict each other or are one queue in AWS, `elsewhere` for what
 * is missing in an account that is not that of the credentials, `policy-too-large` for more topics than a queue's policy takes.
 * @throws {SqsError} for a refused call; one that is throttled is made again for a minute.
 * @example
 * const changes = await plan(connection, [orders, receipts, stock])
 * console.log(String(changes))
 * await apply(changes)
 * @example
 * await plan(connection, [orders, receipts, stock], { prune: true, allow: ['lower-retention'], tags: { team: 'shop' } })
 */
export async function plan(
  connection: Connection,
  declarations: readonly Declaration[],
  options: PlanOptions = {},
): Promise<Plan> {
  checkConnection(connection, 'plan')
  const declared = sorted(declarations, 'plan')
  const resolved = resolvePlanOptions(options)
  const needed = neededBy(declared, resolved.tags)
  const account = await readAccount(patient(connection), needed)
  checkPlaces(needed, account)
  const changes = compare(desiredOf(needed, account), account, resolved)
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
