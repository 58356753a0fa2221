import type { Account } from './account.ts'
import { ALLOWANCES } from './allowance.ts'
import type { CannotChange, Change, Create, Update } from './change.ts'
import { compareAttributes } from './compare-attributes.ts'
import { comparePolicy } from './compare-policy.ts'
import { compareSubscription } from './compare-subscription.ts'
import { compareTags } from './compare-tags.ts'
import { OF_TOPICS, ofQueue, ofTopic } from './defaults.ts'
import type { Desired, DesiredQueue, DesiredTopic } from './desired.ts'
import { leftToOwner } from './other-account.ts'
import type { ResolvedPlanOptions } from './plan-options.ts'
import { widened } from './redrive-allow.ts'
import { surplusOf } from './surplus.ts'

type Allowed = ResolvedPlanOptions['allow']
type Difference = Create | Update | CannotChange

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
    ...surplusOf(desired, account, prune ? 'remove' : 'unmanaged'),
  ]
}

/** What nothing but their account hinders. */
const ALL: Allowed = new Set(ALLOWANCES)

function compareQueue({ attributes, declared, tags }: DesiredQueue, account: Account, allow: Allowed): Difference[] {
  const { name, found, owner } = account.queue(declared)
  if (!found) return [{ kind: 'create', resource: 'queue', name, attributes, tags }]
  const subject = { resource: 'queue', name, id: found.id } as const
  const { RedriveAllowPolicy, ...wanted } = attributes
  const from = found.attributes['RedriveAllowPolicy']
  const to = RedriveAllowPolicy && widened(from, RedriveAllowPolicy)
  return leftToOwner(owner, [
    ...compareAttributes(subject, { KmsMasterKeyId: '', ...wanted }, ofQueue(found.attributes), owner ? ALL : allow),
    ...(to ? [{ kind: 'update', ...subject, attribute: 'RedriveAllowPolicy', from, to } as const] : []),
  ])
}

function compareTopic({ attributes, declared, tags }: DesiredTopic, account: Account, allow: Allowed): Difference[] {
  const { name, found, owner } = account.topic(declared)
  if (!found) return [{ kind: 'create', resource: 'topic', name, attributes, tags }]
  const subject = { resource: 'topic', name, id: found.id } as const
  const wanted = { ...OF_TOPICS, ...attributes }
  return leftToOwner(owner, compareAttributes(subject, wanted, ofTopic(found.attributes), owner ? ALL : allow))
}
