// #region contracts
import { defineMessage, defineQueue, defineTopic, isoDate } from 'waybill'
import { z } from 'zod'

const Money = z.object({ cents: z.int(), currency: z.string() })
const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
  z.object({ orderId: z.string(), amount: Money, paidAt: isoDate }), // version 2; version 1 is still understood
  (v1) => ({ orderId: v1.orderId, amount: { cents: v1.cents, currency: 'EUR' }, paidAt: new Date(0) }),
)
const OrderCancelled = defineMessage('order.cancelled', z.object({ orderId: z.string() }))
const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string(), email: z.email() }))

export const orders = defineTopic('orders', {
  messages: [OrderPaid, OrderCancelled],
  fifo: true, // may feed FIFO and standard queues
  group: (m) => m.payload.orderId,
})
export const receipts = defineQueue('receipts', {
  messages: [SendReceipt], // sent straight to the queue
  subscriptions: [orders.select('order.paid')], // and what it takes of a topic
  deadLetter: { attempts: 10 },
})
export const stock = defineQueue('stock', {
  subscriptions: [orders.select('order.paid', 'order.cancelled')],
  fifo: true, // from a standard topic this would not compile
  deadLetter: { attempts: 10 },
})
// #endregion
