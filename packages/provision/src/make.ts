import type { Connection } from '@waybill/sqs'
import { unless } from './account.ts'
import type { Attributes, Create, Update } from './change.ts'
import { statementIn, withStatement } from './policy.ts'
import { poll } from './poll.ts'
import { parsed, sameJson } from './same-json.ts'

/** What `apply` makes. */
export type Makeable = Create | Update

export async function makeQueue({ admin, clock }: Connection, change: Makeable): Promise<void> {
  if (change.kind === 'update') return admin.setQueueAttributes(change.id, { [change.attribute]: change.to })
  const { attributes, name } = change
  await poll(clock, `SQS keeps the name of queue '${name}', which was deleted`, () =>
    unless('deleted-recently', admin.createQueue(name, attributes)),
  )
  await poll(clock, `queue '${name}' is created but not to be found`, () => admin.findQueue(name))
}

/** Puts our statement into the policy as it is now: others may have changed theirs since the plan. */
export async function makeStatement(connection: Connection, change: Makeable): Promise<void> {
  const url = await policyUrl(connection, change)
  const { Policy } = await connection.admin.queueAttributes(url)
  const policy = statementsOf(change).reduce((text, [sid, statement]) => withStatement(text, sid, statement), Policy)
  if (policy !== undefined) await connection.admin.setQueueAttributes(url, { Policy: policy })
}

/** SNS drops what a queue refuses: nothing may subscribe before the policy is there. Enforcing it may take SQS 60 s more. */
export async function statementHolds(connection: Connection, change: Makeable): Promise<void> {
  const url = await policyUrl(connection, change)
  await poll(connection.clock, `the policy of queue '${change.name}' is set but does not hold`, async () => {
    const { Policy } = await connection.admin.queueAttributes(url)
    return statementsOf(change).every(([sid, statement]) => sameJson(statementIn(Policy, sid), statement)) || undefined
  })
}

export async function makeTopic({ admin }: Connection, change: Makeable): Promise<void> {
  if (change.kind === 'update') return admin.setTopicAttribute(change.id, change.attribute, change.to)
  await admin.createTopic(change.name, change.attributes)
}

export async function makeSubscription({ admin }: Connection, change: Makeable): Promise<void> {
  if (change.kind === 'update') return admin.setSubscriptionAttribute(change.id, change.attribute, change.to)
  const { TopicArn = '', Endpoint = '', ...attributes } = change.attributes
  await admin.subscribe(TopicArn, Endpoint, attributes)
}

function statementsOf(change: Makeable): [sid: string, statement: unknown][] {
  const texts: Attributes = change.kind === 'create' ? change.attributes : { [change.attribute]: change.to }
  return Object.entries(texts).map(([sid, text]) => [sid, parsed(text)])
}

/** A queue that the plan creates is found by its name. */
function policyUrl({ admin, clock }: Connection, { id, name }: Makeable): Promise<string> {
  return poll(clock, `queue '${name}' is not to be found`, async () => id ?? (await admin.findQueue(name)))
}
