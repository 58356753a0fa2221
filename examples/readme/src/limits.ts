import { createServer } from 'node:http'
import { type Connection, createConsumer, type HandlersOf, healthHandler, memoryStore, runConsumers } from 'waybill'
import { receipts, stock } from './contracts.ts'

export async function runWorker(
  connection: Connection,
  receiptHandlers: HandlersOf<typeof receipts>,
  stockHandlers: HandlersOf<typeof stock>,
  port: number,
): Promise<void> {
  // #region limits
  const receiptsConsumer = createConsumer(connection, receipts, {
    concurrency: 50,
    groupConcurrency: 5, // of one tenant, on a standard queue whose messages have a group
    rateLimit: { max: 100, per: '1s' }, // the mail service takes no more
    retryIn: (attempt, { error }) => (error?.name === 'Throttled' ? '1m' : attempt === 1 ? '0s' : undefined),
    handlers: receiptHandlers,
  })
  // #endregion
  // #region idempotency
  const stockConsumer = createConsumer(connection, stock, {
    idempotency: { store: memoryStore(), keep: '4d' },
    handlers: stockHandlers,
  })
  // #endregion
  // #region several
  const consumers = [receiptsConsumer, stockConsumer]
  const probes = createServer(healthHandler(consumers)).listen(port)
  const { released, abandoned } = await runConsumers(consumers) // until SIGTERM; drains them side by side
  probes.close()
  // #endregion
  connection.logger.info({ released, abandoned }, 'drained')
}
