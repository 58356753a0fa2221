import { defineMessage, defineQueue, defineTopic } from '@waybill/schema'
import { z } from 'zod'

export const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string() }))
export const OrderCancelled = defineMessage('order.cancelled', z.object({ orderId: z.string() }))
export const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string() }))

export const orders = defineTopic('orders', {
  messages: [OrderPaid, OrderCancelled],
  fifo: true,
  group: (m) => m.payload.orderId,
})
export const receipts = defineQueue('receipts', {
  messages: [SendReceipt],
  subscriptions: [orders.select('order.paid')],
  visibilityTimeout: '30s',
  deadLetter: { attempts: 10 },
})
export const stock = defineQueue('stock', {
  subscriptions: [orders.select('order.paid', 'order.cancelled')],
  fifo: true,
  deadLetter: { attempts: 3 },
})
export const shop = [orders, receipts, stock]
