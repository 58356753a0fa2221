import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, createConsumer, healthHandler, runConsumers } from 'waybill'
import { invoices, parcels } from './contracts.ts'

const { PORT = '8080', QUEUE_PREFIX = '', SQS_ENDPOINT } = process.env

// #region worker
await using connection = connect({ endpoint: SQS_ENDPOINT, namePrefix: QUEUE_PREFIX })
const consumers = [
  createConsumer(connection, invoices, {
    concurrency: 20,
    handlers: { 'invoice.print': async ({ orderId }, { log }) => log.info({ orderId }, 'printed') },
  }),
  createConsumer(connection, parcels, {
    handlers: { 'parcel.pack': async ({ grams }, { signal }) => sleep(grams, undefined, { signal }) },
  }),
]
const health = createServer(healthHandler(consumers)).listen(Number(PORT))
try {
  const report = await runConsumers(consumers) // until SIGTERM, then drains
  connection.logger.info(report, 'drained')
} finally {
  health.close()
}
// #endregion
