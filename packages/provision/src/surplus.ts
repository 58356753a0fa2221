import type { Account } from './account.ts'
import type { Surplus } from './change.ts'
import type { Desired, DesiredQueue } from './desired.ts'
import { sidFor, statementIn } from './policy.ts'
import { sourcesBeyond } from './redrive-allow.ts'

/**
 * What declared queues and topics have and no declaration asks for, in the order in which it is to be removed: nothing is
 * delivered any more when the statement that lets it in goes.
 */
export function surplusOf(desired: Desired, account: Account): Surplus[] {
  const { queues } = desired
  // of queues that are not in the plan, a statement is somebody else's
  const sids = new Set(queues.map(({ declared }) => sidFor(account.queue(declared).name)))
  return [
    ...strangers(desired, account),
    ...queues.flatMap((queue) => staleStatements(queue, [...sids], account)),
    ...queues.flatMap((queue) => undeclaredRedrive(queue, account)),
    ...queues.flatMap((queue) => undeclaredSources(queue, account)),
  ]
}

/** Subscriptions of declared queues to declared topics that no declaration asks for: messages come unasked. */
function strangers({ queues, subscriptions, topics }: Desired, account: Account): Surplus[] {
  const wanted = new Set(subscriptions.map(({ attributes }) => `${attributes['TopicArn']} ${attributes['Endpoint']}`))
  const names = new Map(queues.map(({ declared }) => [account.queue(declared).arn, account.queue(declared).name]))
  return topics.flatMap(({ declared }) => {
    const { name, arn, found } = account.topic(declared)
    return (found?.subscriptions ?? []).flatMap(({ arn: id, endpoint }): Surplus[] => {
      const queue = names.get(endpoint)
      if (queue === undefined || wanted.has(`${arn} ${endpoint}`)) return []
      return [{ resource: 'subscription', name: `${name} to ${queue}`, id, reason: 'it is not declared.' }]
    })
  })
}

function staleStatements({ declared, statements }: DesiredQueue, sids: readonly string[], account: Account): Surplus[] {
  const { name, found } = account.queue(declared)
  if (!found) return []
  const stale = sids.filter((sid) => !statements.some(({ Sid }) => Sid === sid))
  return stale
    .filter((sid) => statementIn(found.attributes['Policy'], sid) !== undefined)
    .map((sid) => ({
      resource: 'policy',
      name,
      id: found.id,
      attribute: sid,
      reason: `its statement ${sid} is of no declared subscription.`,
    }))
}

function undeclaredRedrive({ attributes, declared }: DesiredQueue, account: Account): Surplus[] {
  const { name, found } = account.queue(declared)
  const policy = found?.attributes['RedrivePolicy']
  if (!policy || attributes['RedrivePolicy']) return []
  const reason = `its redrive policy ${policy} is not declared (deadLetter).`
  return [{ resource: 'queue', name, id: found.id, attribute: 'RedrivePolicy', reason }]
}

function undeclaredSources({ attributes, declared }: DesiredQueue, account: Account): Surplus[] {
  const { name, found } = account.queue(declared)
  const to = attributes['RedriveAllowPolicy']
  if (!found || to === undefined) return []
  const beyond = sourcesBeyond(found.attributes['RedriveAllowPolicy'], to)
  if (beyond.length === 0) return []
  const sources = beyond === 'all' ? 'any queue' : beyond.join(', ')
  const reason = `its RedriveAllowPolicy lets ${sources} use it as dead-letter queue, which is not declared.`
  return [{ resource: 'queue', name, id: found.id, attribute: 'RedriveAllowPolicy', to, reason }]
}
