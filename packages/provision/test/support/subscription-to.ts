import type { Connection, Declared } from '@waybill/sqs'
import { orders } from './contracts.ts'

/** The subscription of a queue to the topic `orders`, as SNS has it. */
export async function subscriptionTo(connection: Connection, queue: Declared) {
  const { arn: topicArn } = await connection.topic(orders)
  const all = await connection.admin.subscriptions(topicArn)
  return all.find(({ endpoint }) => endpoint.endsWith(`:${connection.queueName(queue)}`))
}
