import { defineMessage, defineQueue, defineTopic, isoDate } from 'waybill'
import { z } from 'zod'

const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), step: z.int() }))
const OrderCancelled = defineMessage('order.cancelled', z.object({ orderId: z.string() }))
const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string() }))
const Shipped = defineMessage('shipped', z.object({ orderId: z.string() }), {
  attributes: z.object({ tenant: z.string(), region: z.enum(['eu', 'us']).optional(), sentAt: isoDate }),
})

export const orders = defineTopic('orders', {
  messages: [OrderPaid, OrderCancelled],
  fifo: true,
  group: (message) => message.payload.orderId,
})
export const shipments = defineTopic('shipments', { messages: [Shipped] })
export const parcels = defineQueue('parcels', {
  subscriptions: [shipments.select('shipped')],
  deadLetter: { attempts: 2 },
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
