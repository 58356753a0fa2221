import { apply, createConsumer, createProducer, plan } from 'waybill'
import { embedded } from 'waybill/testing'
import { orders, stock } from './contracts.js'

await using aws = await embedded()
await apply(await plan(aws, [orders, stock]))

await using payments = createProducer(aws, orders)
await payments.send('order.paid', { orderId: 'A-1', cents: 1250 })

const { promise: handled, resolve } = Promise.withResolvers<string>()
const consumer = createConsumer(aws, stock, {
  handlers: { 'order.paid': (order) => resolve(`${order.orderId}: ${order.cents}`) },
})
await consumer.start()
console.log(await handled)
await consumer.stop({ timeout: '1s' })
