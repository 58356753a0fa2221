import type { Account } from './account.ts'
import type { Remove, Surplus, Unmanaged } from './change.ts'
import type { Desired, DesiredQueue } from './desired.ts'
import { sourcesBeyond, widened } from './redrive-allow.ts'
import { staleStatements } from './stale-statements.ts'

/**
 * What declared queues and topics have and no declaration asks for, in the order in which it is to be removed: nothing is
 * delivered any more when the statement that lets it in goes. What is another account's is its own affair.
 */
export function surplusOf(desired: Desired, account: Account, kind: 'remove' | 'unmanaged'): (Remove | Unmanaged)[] {
  const queues = desired.queues.filter(({ declared }) => account.queue(declared).owner === undefined)
  const of = (surplus: Surplus) => ({ kind, ...surplus })
  return [
    ...strangers(desired, account).map(of),
    ...staleStatements(desired, account, kind),
    ...queues.flatMap((queue) => undeclaredRedrive(queue, account)).map(of),
    ...queues.flatMap((queue) => undeclaredSources(queue, account)).map(of),
  ]
}

/** Subscriptions of declared queues to declared topics that no declaration asks for: messages come unasked. */
function strangers({ queues, subscriptions, topics }: Desired, account: Account): Surplus[] {
  const wanted = new Set(subscriptions.map(({ attributes }) => `${attributes['TopicArn']} ${attributes['Endpoint']}`))
  const names = new Map(queues.map(({ declared }) => [account.queue(declared).arn, account.queue(declared).name]))
  return topics.flatMap(({ declared }) => {
    const { name, arn, found } = account.topic(declared)
    return (found?.subscriptions ?? []).flatMap(({ arn: id, confirmed, endpoint, ours }): Surplus[] => {
      // one that is not confirmed can't be removed, and SNS drops it by itself; another account's is for that account to remove
      if (!confirmed || !ours || wanted.has(`${arn} ${endpoint}`)) return []
      return [
        { resource: 'subscription', name: `${name} to ${names.get(endpoint)}`, id, reason: 'it is not declared.' },
      ]
    })
  })
}

function undeclaredRedrive({ attributes, declared }: DesiredQueue, account: Account): Surplus[] {
  const { name, found } = account.queue(declared)
  const from = found?.attributes['RedrivePolicy']
  if (!from || attributes['RedrivePolicy']) return []
  const reason = `its redrive policy ${from} is not declared (deadLetter).`
  return [{ resource: 'queue', name, id: found.id, attribute: 'RedrivePolicy', from, reason }]
}

function undeclaredSources({ attributes, declared }: DesiredQueue, account: Account): Surplus[] {
  const { name, found } = account.queue(declared)
  const to = attributes['RedriveAllowPolicy']
  if (!found || to === undefined) return []
  const present = found.attributes['RedriveAllowPolicy']
  const beyond = sourcesBeyond(present, to)
  if (beyond.length === 0) return []
  const sources = beyond === 'all' ? 'any queue' : beyond.join(', ')
  const reason = `its RedriveAllowPolicy lets ${sources} use it as dead-letter queue, which is not declared.`
  // as it is when the rest of the plan is made
  const from = widened(present, to) ?? present
  return [{ resource: 'queue', name, id: found.id, attribute: 'RedriveAllowPolicy', from, to, reason }]
}
