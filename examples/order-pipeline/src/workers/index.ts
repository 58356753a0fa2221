import type { Connection, Consumer } from 'waybill'
import type { QueueName } from '../contracts.ts'
import type { Ledger } from '../ledger.ts'
import { createReceiptsWorker } from './receipts.ts'
import { createRecommendationsWorker } from './recommendations.ts'
import { createStockWorker } from './stock.ts'

export const workers: Readonly<Record<QueueName, (connection: Connection, ledger: Ledger) => Consumer>> = {
  receipts: createReceiptsWorker,
  stock: createStockWorker,
  recommendations: createRecommendationsWorker,
}
