import type { Connection } from '@waybill/sqs'
import type { Remove } from './change.ts'
import { statementIn, withoutStatement, withStatement } from './policy.ts'
import { type Missing, put, untilItHolds } from './put-until-it-holds.ts'
import { parsed, sameValue } from './same-json.ts'
import { checkUnchanged } from './unchanged.ts'

/** Removes what is not declared. It may be gone already, and the statements of others may have changed since the plan. */
export async function remove(connection: Connection, change: Remove): Promise<void> {
  const { attribute, id, name, resource } = change
  if (attribute === undefined) return connection.admin.unsubscribe(id)
  const missing = resource === 'policy' ? inPolicy(change, attribute) : inQueue(change, attribute)
  await put(connection, id, missing)
  await untilItHolds(connection, id, `the ${resource === 'policy' ? 'policy' : attribute} of queue '${name}'`, missing)
}

function inQueue(change: Remove, attribute: string): Missing {
  const { to = '' } = change
  return ({ [attribute]: now }) => (isLeft(change, now) ? { [attribute]: to } : undefined)
}

function inPolicy(change: Remove, sid: string): Missing {
  const { to } = change
  return ({ Policy }) => {
    const now = statementIn(Policy, sid)
    if (!isLeft(change, now === undefined ? undefined : JSON.stringify(now))) return undefined
    return { Policy: to === undefined ? withoutStatement(Policy, sid) : withStatement(Policy, sid, parsed(to)) }
  }
}

/** Whether it is still to be removed. */
function isLeft(change: Remove, now: string | undefined): boolean {
  if (sameValue(now ?? '', change.to ?? '')) return false
  checkUnchanged(change, now, [change.from])
  return true
}
