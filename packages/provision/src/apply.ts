import { OptionsError, quote } from '@waybill/core'
import type { CannotChange, Create, Remove, Resource, Tag, Unmanaged, Update } from './change.ts'
import { makeQueue } from './make-queue.ts'
import { makeStatement, statementHolds } from './make-statement.ts'
import { makeTags } from './make-tags.ts'
import { makeSubscription, makeTopic } from './make-topic.ts'
import { patient } from './patient.ts'
import type { Plan } from './plan.ts'
import { remove } from './remove.ts'

/** What became of a plan. */
export interface Applied {
  readonly made: readonly (Create | Update | Tag | Remove)[]
  /** What `apply` leaves alone. */
  readonly left: readonly (CannotChange | Unmanaged)[]
}

/**
 * Makes the changes of a plan, in its order: dead-letter queues, queues, their policies, and, once SQS shows those, topics and
 * subscriptions, so that no topic delivers to a queue that refuses it; then tags, then what is removed. SNS applies
 * a filter policy within 15 minutes; a changed one is logged. What was made is not undone when a later call fails: plan and
 * apply again. Two machines may apply the plans of equal declarations at once.
 *
 * @throws {OptionsError} for what `plan` did not resolve with.
 * @throws {ProvisionError} `changed` when others have created or changed something since the plan that differs from it,
 * `not-in-effect` when AWS needs more than its 60 s, for a policy or for the name of a queue that was deleted.
 * @throws {SqsError} for a refused call; one that is throttled, or whose dead-letter queue is not in force yet, is made again
 * for a minute.
 */
export async function apply(plan: Plan): Promise<Applied> {
  if (typeof plan !== 'object' || plan === null || !('~connection' in plan))
    throw new OptionsError(`apply: ${quote(plan)} is no plan. Write apply(await plan(connection, [orders, receipts])).`)
  const { changes } = plan
  const connection = patient(plan['~connection'])
  const changed = changes.filter((change) => change.kind === 'create' || change.kind === 'update')
  const of = (resource: Resource) => changed.filter((change) => change.resource === resource)
  for (const change of of('queue')) await makeQueue(connection, change, changes)
  for (const change of of('policy')) await makeStatement(connection, change)
  for (const change of of('policy')) await statementHolds(connection, change)
  for (const change of of('topic')) await makeTopic(connection, change, changes)
  for (const change of of('subscription')) await makeSubscription(connection, change, changes)
  for (const change of changes) if (change.kind === 'tag') await makeTags(connection, change)
  // SQS has no compare-and-set: what another machine wrote may have arrived since, without ours
  for (const change of of('queue')) if (isOfSources(change)) await makeQueue(connection, change, changes)
  for (const change of of('policy')) await statementHolds(connection, change)
  const removals = changes.filter((change) => change.kind === 'remove')
  for (const change of removals) await remove(connection, change, changes)
  // a removal that read late may have swept away what was made before it
  for (const change of of('policy')) if (removals.some(isOf(change))) await statementHolds(connection, change, removals)
  const refiltered = new Set(of('subscription').flatMap((change) => (isOfFilter(change) ? change.name : [])))
  if (refiltered.size > 0)
    connection.logger.warn(
      { subscriptions: [...refiltered] },
      'SNS needs up to 15 minutes to apply a changed filter policy: until then a type that is new to it may be dropped',
    )
  return {
    made: changes.filter((change) => change.kind !== 'cannot-change' && change.kind !== 'unmanaged'),
    left: changes.filter((change) => change.kind === 'cannot-change' || change.kind === 'unmanaged'),
  }
}

const isOf = (change: Create | Update) => (removal: Remove) =>
  removal.resource === 'policy' && removal.name === change.name
const isOfSources = (change: Create | Update) => change.kind === 'update' && change.attribute === 'RedriveAllowPolicy'
const isOfFilter = (change: Create | Update) => change.kind === 'update' && change.attribute === 'FilterPolicy'
