import { type Connection, type Consumer, createConsumer } from 'waybill'
import { stock } from '../contracts.ts'
import type { Ledger } from '../ledger.ts'
import { createWarehouse } from '../services.ts'
import { observe } from './observe.ts'

/** Reserves what was paid and releases what was cancelled, in each order's own order. */
export function createStockWorker(connection: Connection, ledger: Ledger): Consumer {
  const warehouse = createWarehouse(ledger)
  return createConsumer(connection, stock, {
    concurrency: 20,
    waitTime: '1s',
    on: observe(ledger, 'stock'),
    handlers: {
      'order.paid': (order, context) => warehouse.reserve(order, context),
      'order.cancelled': (order, context) => warehouse.release(order, context),
    },
  })
}
