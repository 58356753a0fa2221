import { checkConnection, type Connection, type Declared, unless } from '@waybill/sqs'
import { readAccount } from './account.ts'
import { type Declaration, sorted } from './declarations.ts'
import { neededBy } from './needed.ts'
import { patient } from './patient.ts'

/**
 * Deletes the declared topics and queues with their subscriptions and dead-letter queues, **and every message in them**,
 * whoever created them. For tests and demonstrations. A topic that is not listed stays; only its subscriptions to the
 * listed queues go. What does not exist is passed over.
 *
 * @throws {OptionsError} for what is not declared by `defineQueue` or `defineTopic`, or an empty list.
 * @throws {SqsError} for a refused call; what was deleted before stays so.
 * @example
 * await destroy(connection, [orders, receipts, stock])
 */
export async function destroy(connection: Connection, declarations: readonly Declaration[]): Promise<void> {
  checkConnection(connection, 'destroy')
  const willing = patient(connection)
  const { admin } = willing
  const needed = neededBy(sorted(declarations, 'destroy'))
  const account = await readAccount(willing, {
    queues: needed.queues.map(untagged),
    topics: needed.topics.map(untagged),
  })
  const queues = needed.queues.map(({ declared }) => account.queue(declared))
  for (const { declared: topic } of needed.topics) {
    const { arn, found } = account.topic(topic)
    if (!found) continue
    // one that is not confirmed can't be removed, and SNS drops it by itself; another account's is for that account to remove
    const removable = found.subscriptions.filter(({ confirmed, ours }) => confirmed && ours)
    for (const subscription of removable) await admin.unsubscribe(subscription.arn)
    if (declarations.includes(topic)) await admin.deleteTopic(arn)
  }
  for (const { found } of queues.toReversed()) {
    if (found) await unless('queue-not-found', admin.deleteQueue(found.id))
  }
}

const untagged = ({ declared }: { readonly declared: Declared }) => ({ declared, tags: {} })
