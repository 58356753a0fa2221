import type { Account } from './account.ts'
import type { Attributes, CannotChange, Change, Existing, Update } from './change.ts'
import type { Desired, DesiredQueue, DesiredSubscription, DesiredTopic } from './desired.ts'
import { sidFor, type Statement, statementIn } from './policy.ts'
import { sameJson, sameValue } from './same-json.ts'
import { allowedPart, whyNot } from './why-not.ts'

/** What is missing or differs, in the order in which it is to be made. */
export function compare({ queues, topics, subscriptions }: Desired, account: Account): Change[] {
  return [
    ...queues.flatMap((queue) => compareQueue(queue, account)),
    ...queues.flatMap((queue) => comparePolicy(queue, account)),
    ...topics.flatMap((topic) => compareTopic(topic, account)),
    ...subscriptions.flatMap((subscription) => compareSubscription(subscription, account)),
    ...strangers({ queues, topics, subscriptions }, account),
  ]
}

function compareQueue({ declared, attributes }: DesiredQueue, account: Account): Change[] {
  const { name, found } = account.queue(declared)
  if (!found) return [{ kind: 'create', resource: 'queue', name, attributes }]
  const subject = { resource: 'queue', name, id: found.url } as const
  const differences = compareAttributes(subject, attributes, found.attributes)
  const policy = found.attributes['RedrivePolicy']
  if (!policy || attributes['RedrivePolicy']) return differences
  const reason = `its redrive policy ${policy} is not declared. Declare deadLetter, or remove it from the queue.`
  return [...differences, { kind: 'unmanaged', ...subject, reason }]
}

function comparePolicy({ declared, statements }: DesiredQueue, account: Account): Change[] {
  const { name, found } = account.queue(declared)
  const policy = found?.attributes['Policy']
  const differences = statements.flatMap((statement) => compareStatement(statement, policy, name, found?.url))
  const own = sidFor(name)
  const stale = statementIn(policy, own) !== undefined && !statements.some(({ Sid }) => Sid === own)
  if (!stale || !found) return differences
  const reason = `its statement ${own} is of no declared subscription.`
  return [...differences, { kind: 'unmanaged', resource: 'policy', name, id: found.url, reason }]
}

function compareStatement(statement: Statement, policy: string | undefined, name: string, id?: string): Change[] {
  const [from, to] = [statementIn(policy, statement.Sid), JSON.stringify(statement)]
  const subject = { resource: 'policy', name } as const
  if (from === undefined || id === undefined)
    return [{ kind: 'create', ...subject, id, attributes: { [statement.Sid]: to } }]
  if (sameJson(from, statement)) return []
  return [{ kind: 'update', ...subject, id, attribute: statement.Sid, from: JSON.stringify(from), to }]
}

function compareTopic({ declared, attributes }: DesiredTopic, account: Account): Change[] {
  const { name, arn: id, found } = account.topic(declared)
  if (!found) return [{ kind: 'create', resource: 'topic', name, attributes }]
  return compareAttributes({ resource: 'topic', name, id }, attributes, found.attributes)
}

function compareSubscription({ topic, queue, attributes }: DesiredSubscription, account: Account): Change[] {
  const [from, to] = [account.topic(topic), account.queue(queue)]
  const name = `${from.name} to ${to.name}`
  const present = from.found?.subscriptions.find(({ endpoint }) => endpoint === to.arn)
  if (!present) return [{ kind: 'create', resource: 'subscription', name, attributes }]
  const subject = { resource: 'subscription', name, id: present.arn } as const
  const found = { ...IMPLIED, ...present.attributes }
  if (sameValue(found['FilterPolicyScope'], attributes['FilterPolicyScope'] ?? ''))
    return compareAttributes(subject, attributes, found)
  // SNS refuses a scope that does not fit the policy of the moment. Without one, too much is delivered rather than too little.
  return [...compareAttributes(subject, OPEN, found), ...compareAttributes(subject, attributes, { ...found, ...OPEN })]
}

const OPEN: Attributes = { FilterPolicy: '{}' }

/** What SNS means when it does not say. */
const IMPLIED: Attributes = { FilterPolicyScope: 'MessageAttributes', RawMessageDelivery: 'false' }

/** Subscriptions of declared queues to declared topics that no declaration asks for: messages would come unasked. */
function strangers({ queues, topics, subscriptions }: Desired, account: Account): Change[] {
  const wanted = new Set(subscriptions.map(({ attributes }) => `${attributes['TopicArn']} ${attributes['Endpoint']}`))
  const names = new Map(queues.map(({ declared }) => [account.queue(declared).arn, account.queue(declared).name]))
  return topics.flatMap(({ declared }) => {
    const { name, arn, found } = account.topic(declared)
    return (found?.subscriptions ?? []).flatMap(({ arn: id, endpoint }): Change[] => {
      const queue = names.get(endpoint)
      if (queue === undefined || wanted.has(`${arn} ${endpoint}`)) return []
      return [
        { kind: 'unmanaged', resource: 'subscription', name: `${name} to ${queue}`, id, reason: 'it is not declared.' },
      ]
    })
  })
}

function compareAttributes(subject: Existing, wanted: Attributes, found: Attributes): (Update | CannotChange)[] {
  return Object.entries(wanted).flatMap(([attribute, to]): (Update | CannotChange)[] => {
    const from = found[attribute]
    if (sameValue(from, to)) return []
    const reason = whyNot(attribute, from, to)
    if (reason === undefined) return [{ kind: 'update', ...subject, attribute, from, to }]
    if (from === undefined) return []
    const part = allowedPart(attribute, from, to)
    if (part === undefined) return [{ kind: 'cannot-change', ...subject, attribute, from, to, reason }]
    return [
      { kind: 'update', ...subject, attribute, from, to: part },
      { kind: 'cannot-change', ...subject, attribute, from: part, to, reason },
    ]
  })
}
