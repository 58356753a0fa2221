import { defineMessage, defineQueue, defineTopic } from 'waybill'
import { z } from 'zod'

const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), step: z.int() }))
const OrderCancelled = defineMessage('order.cancelled', z.object({ orderId: z.string() }))
const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string() }))

export const orders = defineTopic('orders', {
  messages: [OrderPaid, OrderCancelled],
  fifo: true,
  group: (message) => message.payload.orderId,
})
export const receipts = defineQueue('receipts', {
  messages: [SendReceipt],
  subscriptions: [orders.select('order.paid')],
  deadLetter: { attempts: 2 },
})
export const stock = defineQueue('stock', {
  subscriptions: [orders.select('order.paid', 'order.cancelled')],
  fifo: true,
  deadLetter: { attempts: 2 },
})
