import { quote } from '@waybill/core'
import { POLICY_BYTES, POLICY_STATEMENTS } from '@waybill/sqs'
import type { Account } from './account.ts'
import type { CannotChange, Create, Update } from './change.ts'
import type { DesiredQueue } from './desired.ts'
import { leftToOwner } from './other-account.ts'
import { alsoLetting, statementIn, statementsOf, withStatement } from './policy.ts'
import { ProvisionError } from './provision-error.ts'
import { sameJson } from './same-json.ts'

interface Difference {
  readonly sid: string
  readonly from: unknown
  readonly to: unknown
}

/**
 * Our statements that a queue's policy lacks, or has otherwise. Topics that one lets in already stay: they may be subscribed,
 * and SNS drops what a queue refuses. Throws a {@link ProvisionError} for more than a policy takes.
 */
export function comparePolicy(queue: DesiredQueue, account: Account): (Create | Update | CannotChange)[] {
  const { name, found, owner } = account.queue(queue.declared)
  const policy = found?.attributes['Policy']
  const differences = differencesOf(queue, policy)
  const subject = { resource: 'policy', name } as const
  const update = ({ sid, from, to }: Difference, id: string): Update => {
    const before = from === undefined ? undefined : JSON.stringify(from)
    return { kind: 'update', ...subject, id, attribute: sid, from: before, to: JSON.stringify(to) }
  }
  if (found && owner !== undefined)
    return leftToOwner(
      owner,
      differences.map((difference) => update(difference, found.id)),
    )
  checkLimits(name, policy, differences)
  return differences.map((difference) => {
    if (found && difference.from !== undefined) return update(difference, found.id)
    return {
      kind: 'create',
      ...subject,
      id: found?.id,
      attributes: { [difference.sid]: JSON.stringify(difference.to) },
    }
  })
}

function differencesOf({ statements }: DesiredQueue, policy: string | undefined): Difference[] {
  return statements.flatMap((statement) => {
    const from = statementIn(policy, statement.Sid)
    const to = alsoLetting(statement, from)
    return sameJson(from, to) ? [] : [{ sid: statement.Sid, from, to }]
  })
}

function checkLimits(queue: string, policy: string | undefined, differences: readonly Difference[]): void {
  if (differences.length === 0) return
  const text = differences.reduce((before, { sid, to }) => withStatement(before, sid, to), policy ?? '')
  const [bytes, statements] = [Buffer.byteLength(text), statementsOf(text).length]
  if (bytes <= POLICY_BYTES && statements <= POLICY_STATEMENTS) return
  throw new ProvisionError(
    'policy-too-large',
    `SQS takes policies of at most ${POLICY_BYTES} bytes and ${POLICY_STATEMENTS} statements, and that of queue ${quote(queue)} would have ${bytes} and ${statements}. Subscribe it to fewer topics, or let fewer queues share it as their dead-letter queue.`,
  )
}
