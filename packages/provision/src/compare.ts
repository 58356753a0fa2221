import { TOPIC_BYTES } from '@waybill/sqs'
import type { Account } from './account.ts'
import type { Attributes, Change } from './change.ts'
import { compareAttributes } from './compare-attributes.ts'
import { compareTags } from './compare-tags.ts'
import type { Desired, DesiredQueue, DesiredSubscription, DesiredTopic } from './desired.ts'
import type { ResolvedPlanOptions } from './plan-options.ts'
import { type Statement, statementIn } from './policy.ts'
import { widened } from './redrive-allow.ts'
import { sameJson, sameValue } from './same-json.ts'
import { surplusOf } from './surplus.ts'

type Allowed = ResolvedPlanOptions['allow']

/** What is missing, differs or is not declared, in the order in which it is to be made. */
export function compare(
  desired: Desired,
  account: Account,
  { allow, prune }: Pick<ResolvedPlanOptions, 'allow' | 'prune'>,
): Change[] {
  const { queues, subscriptions, topics } = desired
  return [
    ...queues.flatMap((queue) => compareQueue(queue, account, allow)),
    ...queues.flatMap((queue) => comparePolicy(queue, account)),
    ...topics.flatMap((topic) => compareTopic(topic, account, allow)),
    ...subscriptions.flatMap((subscription) => compareSubscription(subscription, account, allow)),
    ...queues.flatMap(({ declared, tags }) => compareTags('queue', tags, account.queue(declared))),
    ...topics.flatMap(({ declared, tags }) => compareTags('topic', tags, account.topic(declared))),
    ...surplusOf(desired, account).map((surplus) => ({ kind: prune ? 'remove' : 'unmanaged', ...surplus }) as const),
  ]
}

function compareQueue({ attributes, declared, tags }: DesiredQueue, account: Account, allow: Allowed): Change[] {
  const { name, found } = account.queue(declared)
  if (!found) return [{ kind: 'create', resource: 'queue', name, attributes, tags }]
  const subject = { resource: 'queue', name, id: found.id } as const
  const { RedriveAllowPolicy, ...wanted } = attributes
  const present = { ...OF_QUEUES, ...found.attributes, ...(found.attributes['KmsMasterKeyId'] && ONE_ENCRYPTION) }
  const from = found.attributes['RedriveAllowPolicy']
  const to = RedriveAllowPolicy && widened(from, RedriveAllowPolicy)
  return [
    ...compareAttributes(subject, { KmsMasterKeyId: '', ...wanted }, present, allow),
    ...(to ? [{ kind: 'update', ...subject, attribute: 'RedriveAllowPolicy', from, to } as const] : []),
  ]
}

// What SQS and SNS mean when they do not say.
const OF_QUEUES: Attributes = { KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300', SqsManagedSseEnabled: 'true' }
const OF_TOPICS: Attributes = { KmsMasterKeyId: '', MaximumMessageSize: String(TOPIC_BYTES) }
const OF_SUBSCRIPTIONS: Attributes = { FilterPolicyScope: 'MessageAttributes', RawMessageDelivery: 'false' }

/** A KMS key takes the place of SSE-SQS: what makes of the key nothing brings that back. */
const ONE_ENCRYPTION: Attributes = { SqsManagedSseEnabled: 'true' }

function comparePolicy({ declared, statements }: DesiredQueue, account: Account): Change[] {
  const { name, found } = account.queue(declared)
  return statements.flatMap((statement) => compareStatement(statement, found?.attributes['Policy'], name, found?.id))
}

function compareStatement(statement: Statement, policy: string | undefined, name: string, id?: string): Change[] {
  const [from, to] = [statementIn(policy, statement.Sid), JSON.stringify(statement)]
  const subject = { resource: 'policy', name } as const
  if (from === undefined || id === undefined)
    return [{ kind: 'create', ...subject, id, attributes: { [statement.Sid]: to } }]
  if (sameJson(from, statement)) return []
  return [{ kind: 'update', ...subject, id, attribute: statement.Sid, from: JSON.stringify(from), to }]
}

function compareTopic({ attributes, declared, tags }: DesiredTopic, account: Account, allow: Allowed): Change[] {
  const { name, found } = account.topic(declared)
  if (!found) return [{ kind: 'create', resource: 'topic', name, attributes, tags }]
  const present = { ...OF_TOPICS, ...found.attributes }
  return compareAttributes({ resource: 'topic', name, id: found.id }, { ...OF_TOPICS, ...attributes }, present, allow)
}

function compareSubscription(
  { attributes, queue, topic }: DesiredSubscription,
  account: Account,
  allow: Allowed,
): Change[] {
  const [from, to] = [account.topic(topic), account.queue(queue)]
  const name = `${from.name} to ${to.name}`
  const present = from.found?.subscriptions.find(({ endpoint }) => endpoint === to.arn)
  if (!present) return [{ kind: 'create', resource: 'subscription', name, attributes }]
  const subject = { resource: 'subscription', name, id: present.arn } as const
  const found = { ...OF_SUBSCRIPTIONS, ...present.attributes }
  if (sameValue(found['FilterPolicyScope'], attributes['FilterPolicyScope'] ?? ''))
    return compareAttributes(subject, attributes, found, allow)
  // SNS refuses a scope that does not fit the policy of the moment. Without one, too much is delivered rather than too little.
  return [
    ...compareAttributes(subject, OPEN, found, allow),
    ...compareAttributes(subject, attributes, { ...found, ...OPEN }, allow),
  ]
}

const OPEN: Attributes = { FilterPolicy: '{}' }
