import { expect, test } from 'vitest'
import { account } from './support/account.ts'
// #region readme
import { createProducer } from '@waybill/producer'
import { defineMessage, defineQueue } from '@waybill/schema'
import type { Connection } from '@waybill/sqs'
import { z } from 'zod'

const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string(), email: z.email() }))
const receipts = defineQueue('receipts', { messages: [SendReceipt] })

async function sendReceipts(connection: Connection): Promise<void> {
  await using producer = createProducer(connection, receipts)
  await producer.send('receipt.send', { orderId: '17', email: 'ada@example.com' })

  const more = ['bob@example.com', 'eve@example.com'].map(
    (email) => ({ type: 'receipt.send', payload: { orderId: '18', email } }) as const,
  )
  for await (const result of producer.sendMany(more)) if (!result.ok) throw result.error
}
// #endregion

test('the example sends', async () => {
  await using aws = await account([receipts])
  await sendReceipts(aws)
  expect(aws.contents(receipts).visible).toHaveLength(3)
})
