import { connect, createProducer } from 'waybill'
import { orders } from './contracts.ts'

export async function confirmPayment(orderId: string, amount: { cents: number; currency: string }): Promise<void> {
  // #region producing
  await using connection = connect() // region, credentials, endpoint: the AWS SDK's own chain
  await using payments = createProducer(connection, orders) // a topic or a queue: the same verb
  await payments.send('order.paid', { orderId, amount, paidAt: new Date() }) // resolves once AWS has it
  // #endregion
}
