import { createServer } from 'node:http'
import {
  type Connection,
  type Consumer,
  createConsumer,
  type HandlersOf,
  healthHandler,
  memoryStore,
  runConsumers,
} from 'waybill'
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
  try {
    const { released, abandoned } = await runConsumers(consumers) // until SIGTERM; drains them side by side
    connection.logger.info({ released, abandoned }, 'drained')
  } finally {
    probes.close()
  }
  // #endregion
}

export function breakCircuit(consumer: Consumer, isUp: () => Promise<boolean>): void {
  // #region breaker
  let failures = 0
  consumer.on('settled', ({ outcome }) => {
    failures = outcome === 'retry' ? failures + 1 : 0
    if (failures < 20 || consumer.state !== 'running') return
    consumer.pause() // nothing starts until it is up again
    const probe = async () => {
      if (await isUp().catch(() => false)) consumer.resume()
      else setTimeout(() => void probe(), 5_000).unref()
    }
    void probe()
  })
  // #endregion
}
