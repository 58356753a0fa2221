import type { Account } from './account.ts'
import type { Remove, Unmanaged } from './change.ts'
import type { Desired, DesiredQueue } from './desired.ts'
import { alsoLetting, letting, sidFor, statementIn, topicsIn } from './policy.ts'

/**
 * What statements of ours let in and no declaration asks for. A topic that is not in the plan is only reported, whatever the
 * kind: nobody has asked whether the queue is still subscribed to it.
 */
export function staleStatements(
  { queues, topics }: Desired,
  account: Account,
  kind: 'remove' | 'unmanaged',
): (Remove | Unmanaged)[] {
  // of queues that are not in the plan, a statement is somebody else's
  const sids = new Set(queues.map(({ declared }) => sidFor(account.queue(declared).name)))
  const planned = new Set(topics.map(({ declared }) => account.topic(declared).arn))

  /** By a subscription that only another account can remove. */
  const staysSubscribed = (topicArn: string, queueArn: string) =>
    topics.some(({ declared }) => {
      const { arn, found } = account.topic(declared)
      return arn === topicArn && found?.subscriptions.some(({ endpoint, ours }) => endpoint === queueArn && !ours)
    })

  function staleIn({ declared, statements }: DesiredQueue, sid: string): (Remove | Unmanaged)[] {
    const { arn, name, found, owner } = account.queue(declared)
    const present = statementIn(found?.attributes['Policy'], sid)
    if (!found || owner !== undefined || present === undefined) return []
    const wanted = statements.find(({ Sid }) => Sid === sid)
    // as it is when the rest of the plan is made
    const before = wanted ? alsoLetting(wanted, present) : present
    const beyond = topicsIn(before).filter((topic) => !topicsIn(wanted).includes(topic))
    const known = beyond.filter((topic) => planned.has(topic) && !staysSubscribed(topic, arn))
    const unknown = beyond.filter((topic) => !known.includes(topic))
    const subject = { resource: 'policy', name, id: found.id, attribute: sid, from: JSON.stringify(before) } as const
    const left = wanted || unknown.length > 0 ? JSON.stringify(lettingNo(known, before)) : undefined
    const stale = {
      ...subject,
      to: left,
      reason: left
        ? `its statement ${sid} lets in ${known.join(', ')}, which is not declared.`
        : `its statement ${sid} is of no declared subscription.`,
    }
    const unsure = {
      ...subject,
      reason: `its statement ${sid} lets in ${unknown.join(', ')}, which is not in the plan, or not ours to unsubscribe, and may still deliver: give plan that topic too.`,
    }
    return [
      ...(known.length > 0 || left === undefined ? [{ kind, ...stale }] : []),
      ...(unknown.length > 0 ? [{ kind: 'unmanaged', ...unsure } as const] : []),
    ]
  }

  return queues.flatMap((queue) => [...sids].flatMap((sid) => staleIn(queue, sid)))
}

const lettingNo = (topics: readonly string[], statement: unknown) =>
  letting(
    statement,
    topicsIn(statement).filter((topic) => !topics.includes(topic)),
  )
