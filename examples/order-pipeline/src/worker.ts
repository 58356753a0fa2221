import { join } from 'node:path'
import { openLedger } from './ledger.ts'
import { parseWorkerOptions, UsageError, WORKER_USAGE, type WorkerOptions } from './options.ts'
import { connectTo, makeRunDirectory, running, type Target } from './run.ts'
import { workers } from './workers/index.ts'

/** One worker process, as in production: connects, handles its queue's messages until SIGTERM or SIGINT, and drains. */
async function main(): Promise<void> {
  const options = parseWorkerOptions(process.argv.slice(2))
  if (!options) return console.log(WORKER_USAGE)
  const target = targetOf(options)
  using ledger = openLedger(target.ledger)
  await using connection = connectTo(target)
  const consumer = workers[options.queue](connection, ledger)
  // Started by the demo: ends with it, however that ends.
  process.once('disconnect', () => void consumer.stop())
  await consumer.run()
  if (process.connected) process.disconnect()
}

function targetOf({ aws, endpoint, ledger, prefix }: WorkerOptions): Target {
  const demo = running()
  if (endpoint === undefined && !aws && !demo) {
    throw new UsageError(
      'No demo runs on this machine. Start one by npm run demo, or say where: --endpoint URL or --aws.',
    )
  }
  const joined = demo && (endpoint ?? (aws ? undefined : demo.endpoint)) === demo.endpoint ? demo : undefined
  return {
    endpoint: endpoint ?? joined?.endpoint,
    prefix: prefix ?? joined?.prefix ?? '',
    ledger: ledger ?? joined?.ledger ?? join(makeRunDirectory(), 'ledger.jsonl'),
  }
}

try {
  await main()
} catch (error) {
  console.error(
    error instanceof UsageError
      ? `${error.message}\n\n${WORKER_USAGE}`
      : error instanceof Error
        ? error.message
        : error,
  )
  process.exitCode = error instanceof UsageError ? 2 : 1
}
