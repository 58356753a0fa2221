import { apply, type Connection, createConsumer, createProducer, plan } from 'waybill'
import { embedded, expectSettled, simulate } from 'waybill/testing'
import { orders, stock } from './contracts.js'

async function run(aws: Connection): Promise<void> {
  await apply(await plan(aws, [orders, stock]))
  await using payments = createProducer(aws, orders)
  const consumer = createConsumer(aws, stock, {
    handlers: { 'order.paid': (order) => console.log(`${order.orderId}: ${order.cents}`) },
  })
  await consumer.start()
  const settled = expectSettled(consumer, 'order.paid')
  await payments.send('order.paid', { orderId: 'A-1', cents: 1250 })
  await settled
  await consumer.stop({ timeout: '1s' })
}

for (const open of [embedded, async () => simulate()]) {
  await using aws = await open()
  await run(aws)
}
