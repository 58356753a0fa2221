import { defineMessage, defineQueue, defineTopic } from 'waybill'
import { z } from 'zod'

const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() }))

export const orders = defineTopic('orders', { messages: [OrderPaid], fifo: true, group: (m) => m.payload.orderId })
export const stock = defineQueue('stock', { subscriptions: [orders.select('order.paid')], fifo: true })
