import { defineMessage, defineQueue, defineTopic, isoDate } from 'waybill'
import { z } from 'zod'
import * as mini from 'zod/mini'

const Money = z.object({ cents: z.int(), currency: z.string() })

export const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
  z.object({ orderId: z.string(), amount: Money, paidAt: isoDate }),
  (v1) => ({ orderId: v1.orderId, amount: { cents: v1.cents, currency: 'EUR' }, paidAt: new Date(0) }),
)
export const OrderCancelled = defineMessage('order.cancelled', z.object({ orderId: z.string(), why: z.string() }))
export const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string(), email: z.email() }))
export const Note = defineMessage('note', mini.object({ text: mini.optional(mini.string()) }))
export const Shipped = defineMessage('shipped', z.object({ orderId: z.string() }), {
  attributes: z.object({
    tenant: z.string(),
    region: z.enum(['eu', 'us']).optional(),
    priority: z.codec(z.string(), z.int(), { decode: Number, encode: String }),
  }),
})
export const Ping = defineMessage('ping', z.object({}), {
  attributes: mini.object({ region: mini.optional(mini.enum(['eu', 'us'])) }),
})

export const orders = defineTopic('orders', {
  messages: [OrderPaid, OrderCancelled],
  fifo: true,
  group: (message) => message.payload.orderId,
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
  deadLetter: { attempts: 10 },
})
export const mixed = defineQueue('mixed', {
  messages: [SendReceipt, OrderCancelled, Note],
  fifo: true,
  group: (m) => (m.type === 'receipt.send' ? m.payload.email : m.type === 'note' ? 'notes' : m.payload.orderId),
  deduplicate: ({ type, payload }) => (type === 'note' ? (payload.text ?? '') : payload.orderId),
  untyped: { as: 'note', version: 1 },
})
export const shipments = defineQueue('shipments', { messages: [Shipped, Ping, SendReceipt], deadLetter: {} })
