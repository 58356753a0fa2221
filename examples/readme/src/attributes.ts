import { type Connection, type Consumer, createConsumer, createProducer, defineMessage, defineQueue } from 'waybill'
import { z } from 'zod'

interface Carrier {
  pickUp(orderId: string, tenant: string, urgent: boolean): Promise<void>
}

// #region contract
const Priority = z.codec(z.string(), z.int(), { decode: Number, encode: String })
const OrderPacked = defineMessage('order.packed', z.object({ orderId: z.string() }), {
  attributes: z.object({ tenant: z.string(), priority: Priority, region: z.enum(['eu', 'us']).optional() }),
})
// #endregion
export const parcels = defineQueue('parcels', { messages: [OrderPacked] })

export async function pickUp(connection: Connection, carrier: Carrier, orderId: string): Promise<Consumer> {
  await using producer = createProducer(connection, parcels)
  // #region use
  await producer.send('order.packed', { orderId }, { attributes: { tenant: 't1', priority: 3 } }) // needed, and typed
  const consumer = createConsumer(connection, parcels, {
    handlers: {
      'order.packed': (order, { attributes }) =>
        carrier.pickUp(order.orderId, attributes.tenant, attributes.priority > 2),
    },
  })
  // #endregion
  return consumer
}
