import { OptionsError, quote } from '@waybill/core'
import type { CannotChange, Create, Resource, Unmanaged, Update } from './change.ts'
import { makeQueue, makeStatement, makeSubscription, makeTopic, statementHolds } from './make.ts'
import type { Plan } from './plan.ts'

/** What became of a plan. */
export interface Applied {
  readonly made: readonly (Create | Update)[]
  /** What `apply` leaves alone. */
  readonly left: readonly (CannotChange | Unmanaged)[]
}

/**
 * Makes the changes of a plan: dead-letter queues, queues, their policies, and, once SQS shows those, topics and
 * subscriptions, so that no topic delivers to a queue that refuses it. SNS applies a changed filter policy within 15 minutes;
 * that is logged. What was made is not undone when a later call fails: plan and apply again. Two machines may apply the
 * plans of equal declarations at once.
 *
 * @throws {OptionsError} for what `plan` did not resolve with.
 * @throws {ProvisionError} `not-in-effect` when AWS needs more than its 60 s, for a policy or for the name of a queue that
 * was deleted.
 * @throws {SqsError} for a refused call.
 */
export async function apply(plan: Plan): Promise<Applied> {
  if (typeof plan !== 'object' || plan === null || !('~connection' in plan))
    throw new OptionsError(`apply: ${quote(plan)} is no plan. Write apply(await plan(connection, [orders, receipts])).`)
  const { changes, '~connection': connection } = plan
  const made = changes.filter((change) => change.kind === 'create' || change.kind === 'update')
  const left = changes.filter((change) => change.kind === 'cannot-change' || change.kind === 'unmanaged')
  const of = (resource: Resource) => made.filter((change) => change.resource === resource)
  for (const change of of('queue')) await makeQueue(connection, change)
  for (const change of of('policy')) await makeStatement(connection, change)
  for (const change of of('policy')) await statementHolds(connection, change)
  for (const change of of('topic')) await makeTopic(connection, change)
  for (const change of of('subscription')) await makeSubscription(connection, change)
  const refiltered = new Set(of('subscription').flatMap((change) => (isOfFilter(change) ? change.name : [])))
  if (refiltered.size > 0)
    connection.logger.warn(
      { subscriptions: [...refiltered] },
      'SNS needs up to 15 minutes to apply a changed filter policy: until then a type that is new to it may be dropped',
    )
  return { made, left }
}

const isOfFilter = (change: Create | Update) => change.kind === 'update' && change.attribute === 'FilterPolicy'
