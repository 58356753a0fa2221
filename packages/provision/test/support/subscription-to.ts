import type { Connection, Declared, FoundSubscription } from '@waybill/sqs'
import { orders } from './contracts.ts'

/** The subscription of a queue to the topic `orders`, as SNS has it. */
export async function subscriptionTo(connection: Connection, queue: Declared): Promise<FoundSubscription | undefined> {
  const { arn } = await connection.topic(orders)
  const all = await connection.admin.subscriptions(arn)
  return all.find(({ endpoint }) => endpoint.endsWith(`:${connection.queueName(queue)}`))
}
