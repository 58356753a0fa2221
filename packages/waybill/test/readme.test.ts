import { expect, test } from 'vitest'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { simulate } from 'waybill/testing'
import { receipts } from './contracts.ts'

test('a receipt that is sent is handled', async () => {
  const sentTo = Promise.withResolvers<string>()
  const mailer = { send: (email: string) => sentTo.resolve(email) }

  // #region run
  await using aws = simulate() // in production: connect()
  await apply(await plan(aws, [receipts]))

  await using producer = createProducer(aws, receipts)
  await producer.send('receipt.send', { orderId: 'A-1', email: 'ada@example.com' })

  await using consumer = createConsumer(aws, receipts, {
    handlers: { 'receipt.send': (receipt) => mailer.send(receipt.email) },
  })
  await consumer.start()
  // #endregion

  expect(await sentTo.promise).toBe('ada@example.com')
})
