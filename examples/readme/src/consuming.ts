import { connect, createConsumer, retry } from 'waybill'
import { receipts } from './contracts.ts'

export interface Mailer {
  isDown(): Promise<boolean>
  send(what: { readonly orderId: string }, options?: { readonly signal: AbortSignal }): Promise<void>
}

export async function sendReceipts(mailer: Mailer): Promise<void> {
  await using connection = connect()
  // #region consuming
  const consumer = createConsumer(connection, receipts, {
    concurrency: 50,
    handlers: {
      'order.paid': async (order, { signal }) => mailer.send(order, { signal }), // a missing key does not compile
      'receipt.send': async (receipt) => ((await mailer.isDown()) ? retry({ delay: '1m' }) : mailer.send(receipt)),
    },
  })
  await consumer.run() // until SIGTERM or SIGINT, then drains
  // #endregion
}
