import { defineMessage, defineQueue, defineTopic, isoDate } from 'waybill'
import { z } from 'zod'

const Money = z.object({ cents: z.int(), currency: z.string() })

export const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
  z.object({ orderId: z.string(), amount: Money, paidAt: isoDate }),
  (v1) => ({ orderId: v1.orderId, amount: { cents: v1.cents, currency: 'EUR' }, paidAt: new Date(0) }),
)
export const OrderCancelled = defineMessage('order.cancelled', z.object({ orderId: z.string(), why: z.string() }))

export const orders = defineTopic('orders', {
  messages: [OrderPaid, OrderCancelled],
  fifo: true,
  group: (m) => m.payload.orderId,
})

// The shortest visibility timeout: what a killed worker held comes back while you watch.
export const receipts = defineQueue('receipts', {
  subscriptions: [orders.select('order.paid')],
  visibilityTimeout: '5s',
  deadLetter: { attempts: 10 },
})
export const stock = defineQueue('stock', {
  subscriptions: [orders.select('order.paid', 'order.cancelled')],
  fifo: true,
  visibilityTimeout: '5s',
  deadLetter: { attempts: 10 },
})
export const recommendations = defineQueue('recommendations', {
  subscriptions: [orders.select('order.paid')],
  visibilityTimeout: '5s',
  deadLetter: { attempts: 3 },
})

export const queues = { receipts, stock, recommendations }
export const declarations = [orders, receipts, stock, recommendations]

export type QueueName = keyof typeof queues
export const queueNames = ['receipts', 'stock', 'recommendations'] as const satisfies readonly QueueName[]
