import { checkConnection, type Connection } from '@waybill/sqs'
import { readAccount, unless } from './account.ts'
import { allQueues, type Declaration, sorted } from './declarations.ts'

/**
 * Deletes the declared topics and queues with their subscriptions and dead-letter queues, **and every message in them**,
 * whoever created them. For tests and demonstrations. A topic that is not listed stays; only its subscriptions to the
 * listed queues go. What does not exist is passed over.
 *
 * @throws {OptionsError} for what is not declared by `defineQueue` or `defineTopic`.
 * @throws {SqsError} for a refused call; what was deleted before stays so.
 * @example
 * await destroy(connection, [orders, receipts, stock])
 */
export async function destroy(connection: Connection, declarations: readonly Declaration[]): Promise<void> {
  checkConnection(connection, 'destroy')
  const { admin } = connection
  const declared = sorted(declarations)
  const account = await readAccount(connection, declared)
  const queues = allQueues(declared.queues).map(account.queue)
  const arns = new Set(queues.map(({ arn }) => arn))
  for (const topic of declared.topics) {
    const { arn, found } = account.topic(topic)
    if (!found) continue
    const ours = found.subscriptions.filter(({ endpoint }) => arns.has(endpoint))
    for (const subscription of ours) await admin.unsubscribe(subscription.arn)
    if (declarations.includes(topic)) await admin.deleteTopic(arn)
  }
  for (const { found } of queues.toReversed()) {
    if (found) await unless('queue-not-found', admin.deleteQueue(found.url))
  }
}
