import { type Connection, unless } from '@waybill/sqs'
import { asPlanned } from './as-planned.ts'
import type { Attributes, Change, Create, Update } from './change.ts'
import { ofQueue } from './defaults.ts'
import { poll } from './poll.ts'
import { put, untilItHolds } from './put-until-it-holds.ts'
import { widened } from './redrive-allow.ts'
import { checkUpdate } from './unchanged.ts'

export async function makeQueue(
  connection: Connection,
  change: Create | Update,
  plan: readonly Change[],
): Promise<void> {
  await (change.kind === 'create' ? createQueue(connection, change) : changeQueue(connection, change, plan))
}

async function createQueue({ admin, clock }: Connection, change: Create): Promise<void> {
  const { attributes, name, tags } = change
  await poll(clock, `SQS keeps the name of queue '${name}', which was deleted`, () =>
    unless('deleted-recently', asPlanned(change, admin.createQueue(name, attributes, tags))),
  )
  await poll(clock, `queue '${name}' is created but not to be found`, async () => {
    const url = await admin.findQueue(name)
    return url === undefined ? undefined : unless('queue-not-found', admin.queueAttributes(url))
  })
}

async function changeQueue(connection: Connection, change: Update, plan: readonly Change[]): Promise<void> {
  const { attribute, id, name, to } = change
  if (attribute === 'RedriveAllowPolicy') return allowSources(connection, id, name, to)
  const now = ofQueue(await connection.admin.queueAttributes(id))
  checkUpdate(change, now[attribute], plan)
  await connection.admin.setQueueAttributes(id, { [attribute]: to, ...otherEncryption(attribute, to) })
}

/** A queue has one encryption: the call that brings a KMS key takes SSE-SQS away, and back. */
function otherEncryption(attribute: string, to: string): Attributes {
  return attribute === 'KmsMasterKeyId' ? { SqsManagedSseEnabled: String(to === '') } : {}
}

/** Lets the sources in beside those of others: a queue whose dead-letter queue does not take it is refused. */
async function allowSources(connection: Connection, url: string, name: string, wanted: string): Promise<void> {
  const missing = ({ RedriveAllowPolicy }: Attributes) => {
    const policy = widened(RedriveAllowPolicy, wanted)
    return policy === undefined ? undefined : { RedriveAllowPolicy: policy }
  }
  await put(connection, url, missing)
  await untilItHolds(connection, url, `the RedriveAllowPolicy of queue '${name}'`, missing)
}
