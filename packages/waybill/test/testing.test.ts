// #region readme
import { expect, test } from 'vitest'
import { apply, createProducer, plan } from 'waybill'
import { embedded } from 'waybill/testing'
import { receipts } from './contracts.ts'

test('a receipt is sent', async () => {
  await using aws = await embedded()
  await apply(await plan(aws, [receipts]))
  await using producer = createProducer(aws, receipts)
  const { id } = await producer.send('receipt.send', { orderId: 'A-1', email: 'ada@example.com' })
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
})
// #endregion
