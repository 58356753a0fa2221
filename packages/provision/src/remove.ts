import type { Connection } from '@waybill/sqs'
import type { Change, Remove } from './change.ts'
import { statementIn, withoutStatement, withStatement } from './policy.ts'
import { type Missing, put, untilItHolds } from './put-until-it-holds.ts'
import { parsed, sameValue } from './same-json.ts'
import { checkUnchanged } from './unchanged.ts'

type Known = readonly (string | undefined)[]

/** Removes what is not declared. It may be gone already, and the statements of others may have changed since the plan. */
export async function remove(connection: Connection, change: Remove, plan: readonly Change[]): Promise<void> {
  const { attribute, id, name, resource } = change
  if (attribute === undefined) return connection.admin.unsubscribe(id)
  const known = [change.from, ...earlier(change, plan)]
  const missing = resource === 'policy' ? inPolicy(change, attribute, known) : inQueue(change, attribute, known)
  await put(connection, id, missing)
  await untilItHolds(connection, id, `the ${resource === 'policy' ? 'policy' : attribute} of queue '${name}'`, missing)
}

/** What was there before the plan, which SQS may show for a minute more. */
function earlier({ attribute, name, resource }: Remove, plan: readonly Change[]): (string | undefined)[] {
  return plan.flatMap((step) => {
    const isOfIt = step.kind === 'update' && step.resource === resource && step.name === name
    return isOfIt && step.attribute === attribute ? [step.from] : []
  })
}

function inQueue(change: Remove, attribute: string, known: Known): Missing {
  const { to = '' } = change
  return ({ [attribute]: now }) => (isLeft(change, now, known) ? { [attribute]: to } : undefined)
}

function inPolicy(change: Remove, sid: string, known: Known): Missing {
  const { to } = change
  return ({ Policy }) => {
    const now = statementIn(Policy, sid)
    if (!isLeft(change, now === undefined ? undefined : JSON.stringify(now), known)) return undefined
    return { Policy: to === undefined ? withoutStatement(Policy, sid) : withStatement(Policy, sid, parsed(to)) }
  }
}

/** Whether it is still to be removed. */
function isLeft(change: Remove, now: string | undefined, known: Known): boolean {
  if (sameValue(now ?? '', change.to ?? '')) return false
  checkUnchanged(change, now, known)
  return true
}
