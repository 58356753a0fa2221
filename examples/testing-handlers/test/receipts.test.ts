// #region handler
import { expect, test } from 'vitest'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { expectSettled, simulate } from 'waybill/testing'
import { receipts } from '../src/contracts.ts'
import { receiptHandlers } from '../src/receipt-handlers.ts'
import { fakeMailer } from './fake-mailer.ts'

const mailer = fakeMailer()

test('a receipt is mailed', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [receipts]))
  await using consumer = createConsumer(aws, receipts, { handlers: receiptHandlers(mailer) })
  await using producer = createProducer(aws, receipts)
  await consumer.start()
  const settled = expectSettled(consumer, 'receipt.send')
  await producer.send('receipt.send', { orderId: 'A-1', email: 'ada@example.com' })
  expect(await settled).toMatchObject({ outcome: 'done', attempt: 1 })
  expect(mailer.sent).toEqual(['ada@example.com'])
})
// #endregion
