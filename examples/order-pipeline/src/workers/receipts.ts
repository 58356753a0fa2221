import { type Connection, type Consumer, createConsumer } from 'waybill'
import { receipts } from '../contracts.ts'
import type { Ledger } from '../ledger.ts'
import { createMail } from '../services.ts'
import { observe } from './observe.ts'

/** Sends a receipt for each paid order. */
export function createReceiptsWorker(connection: Connection, ledger: Ledger): Consumer {
  const mail = createMail(ledger)
  return createConsumer(connection, receipts, {
    concurrency: 20,
    waitTime: '1s',
    on: observe(ledger, 'receipts'),
    handlers: {
      'order.paid': (order, context) => mail.sendReceipt(order, context),
    },
  })
}
