import type { Account } from './account.ts'
import type { Attributes, CannotChange, Create, Update } from './change.ts'
import { compareAttributes } from './compare-attributes.ts'
import { ofSubscription } from './defaults.ts'
import type { DesiredSubscription } from './desired.ts'
import type { ResolvedPlanOptions } from './plan-options.ts'
import { sameValue } from './same-json.ts'

/** What is missing or differs of a subscription. */
export function compareSubscription(
  { attributes, queue, topic }: DesiredSubscription,
  account: Account,
  allow: ResolvedPlanOptions['allow'],
): (Create | Update | CannotChange)[] {
  const [from, to] = [account.topic(topic), account.queue(queue)]
  const name = `${from.name} to ${to.name}`
  const present = from.found?.subscriptions.find(({ endpoint }) => endpoint === to.arn)
  if (!present) return [{ kind: 'create', resource: 'subscription', name, attributes }]
  const subject = { resource: 'subscription', name, id: present.arn } as const
  if (!present.confirmed) return [{ ...subject, ...UNCONFIRMED }]
  // another account's, which alone may read it
  if (!present.attributes) return []
  const found = ofSubscription(present.attributes)
  if (sameValue(found['FilterPolicyScope'], attributes['FilterPolicyScope']))
    return compareAttributes(subject, attributes, found, allow)
  // SNS refuses a scope that does not fit the policy of the moment. Without one, too much is delivered rather than too little.
  return [
    ...compareAttributes(subject, OPEN, found, allow),
    ...compareAttributes(subject, attributes, { ...found, ...OPEN }, allow),
  ]
}

const OPEN: Attributes = { FilterPolicy: '{}' }

const UNCONFIRMED = {
  kind: 'cannot-change',
  attribute: 'PendingConfirmation',
  from: 'true',
  to: 'false',
  reason: "the queue's owner has to confirm it: SNS has sent the queue a message with a SubscribeURL.",
  allowance: undefined,
} as const
