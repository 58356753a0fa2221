// #region readme
import { expect, test } from 'vitest'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { embedded } from 'waybill/testing'
import { receipts } from './contracts.ts'

test('a receipt that is sent is handled', async () => {
  await using aws = await embedded()
  await apply(await plan(aws, [receipts]))
  await using producer = createProducer(aws, receipts)
  const handled = Promise.withResolvers<string>()
  await using consumer = createConsumer(aws, receipts, {
    waitTime: '1s', // a stop waits for the open poll: with the default, 20 s
    handlers: { 'receipt.send': ({ email }) => handled.resolve(email) },
  })
  await consumer.start()
  await producer.send('receipt.send', { orderId: 'A-1', email: 'ada@example.com' })
  expect(await handled.promise).toBe('ada@example.com')
})
// #endregion
