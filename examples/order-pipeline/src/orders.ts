import type { Entry } from 'waybill'
import type { OrderCancelled, OrderPaid, QueueName } from './contracts.ts'

export type OrderMessage = Entry<typeof OrderPaid | typeof OrderCancelled>

/** The recommender has no price list for it: these orders end in its dead-letter queue. */
export const UNLISTED_CURRENCY = 'CHF'

/** Made-up orders 1 to `count`, each paid, one in ten cancelled right afterwards. */
export function* madeUpOrders(count: number): Generator<OrderMessage> {
  for (let n = 1; n <= count; n++) {
    const orderId = `order-${String(n).padStart(4, '0')}`
    const amount = { cents: 1_000 + ((n * 379) % 9_000), currency: n % 25 === 1 ? UNLISTED_CURRENCY : 'EUR' }
    yield { type: 'order.paid', payload: { orderId, amount, paidAt: new Date() } }
    if (n % 10 === 3) yield { type: 'order.cancelled', payload: { orderId, why: 'changed their mind' } }
  }
}

/** Which queue gets which message, as the subscriptions say. */
export function takes(queue: QueueName, type: OrderMessage['type']): boolean {
  return type === 'order.paid' || queue === 'stock'
}
