import type { Connection } from '@waybill/sqs'
import type { Attributes, Create, Remove, Update } from './change.ts'
import { alsoLetting, statementIn, withStatement } from './policy.ts'
import { poll } from './poll.ts'
import { type Missing, put, untilItHolds } from './put-until-it-holds.ts'
import { parsed, sameJson } from './same-json.ts'

/** Puts our statement into the policy as it is now, beside those of others. */
export async function makeStatement(connection: Connection, change: Create | Update): Promise<void> {
  await put(connection, await policyUrl(connection, change), missingIn(change))
}

/**
 * SNS drops what a queue refuses: nothing may subscribe before the policy is there. Enforcing it may take SQS 60 s more. What
 * `removals` have made less of is not looked at.
 */
export async function statementHolds(
  connection: Connection,
  change: Create | Update,
  removals: readonly Remove[] = [],
): Promise<void> {
  const url = await policyUrl(connection, change)
  const removed = removals.filter(({ name }) => name === change.name).map(({ attribute }) => attribute)
  await untilItHolds(connection, url, `the policy of queue '${change.name}'`, missingIn(change, removed))
}

function missingIn(change: Create | Update, removed: readonly (string | undefined)[] = []): Missing {
  const texts: Attributes = change.kind === 'create' ? change.attributes : { [change.attribute]: change.to }
  const statements = Object.entries(texts)
    .filter(([sid]) => !removed.includes(sid))
    .map(([sid, text]) => ({ sid, statement: parsed(text) }))
  return ({ Policy = '' }) => {
    const policy = statements.reduce((before, { sid, statement }) => {
      const now = statementIn(before, sid)
      const wanted = alsoLetting(statement, now)
      return sameJson(now, wanted) ? before : withStatement(before, sid, wanted)
    }, Policy)
    return policy === Policy ? undefined : { Policy: policy }
  }
}

/** A queue that the plan creates is found by its name. */
function policyUrl({ admin, clock }: Connection, { id, name }: Create | Update): Promise<string> {
  return poll(clock, `queue '${name}' is not to be found`, async () => id ?? (await admin.findQueue(name)))
}
