import { join } from 'node:path'
import { pino } from 'pino'
import { ended } from './alive.ts'
import { openLedger } from './ledger.ts'
import { parseWorkerOptions, UsageError, WORKER_USAGE, type WorkerOptions } from './options.ts'
import { connectTo, logFileOf, makeRunDirectory, type Running, running, type Target } from './run.ts'
import { workers } from './workers/index.ts'

/** One worker process, as in production: connects, handles its queue's messages until SIGTERM or SIGINT, and drains. */
async function main(): Promise<void> {
  const options = parseWorkerOptions(process.argv.slice(2))
  if (!options) return console.log(WORKER_USAGE)
  const demo = process.connected ? undefined : joined(options)
  const target = targetOf(options, demo)
  using ledger = openLedger(target.ledger)
  await using connection = connectTo(target, demo && demoLogger(target))
  const consumer = workers[options.queue](connection, ledger)
  // Started by the demo, or joined to it: ends with it, however that ends.
  process.once('disconnect', () => void consumer.stop())
  const over = new AbortController()
  const watching = demo && ended(demo.pid, over.signal).then(() => consumer.stop())
  if (demo) console.log(`Process ${process.pid} works on ${options.queue} of the running demo. Ctrl-C drains.`)
  const report = await consumer.run()
  if (demo) console.log(`Drained: ${report.released} messages given back, ${report.abandoned} abandoned.`)
  over.abort()
  await watching
  if (process.connected) process.disconnect()
}

/** The demo of this machine, when that is what the options are about. */
function joined({ aws, endpoint }: WorkerOptions): Running | undefined {
  const demo = running()
  if (endpoint === undefined && !aws && !demo) {
    throw new UsageError(
      'No demo runs on this machine. Start one by npm run demo, or say where: --endpoint URL or --aws.',
    )
  }
  return demo && (endpoint ?? (aws ? undefined : demo.endpoint)) === demo.endpoint ? demo : undefined
}

function targetOf({ endpoint, ledger, prefix }: WorkerOptions, demo: Running | undefined): Target {
  return {
    endpoint: endpoint ?? demo?.endpoint,
    prefix: prefix ?? demo?.prefix ?? '',
    ledger: ledger ?? demo?.ledger ?? join(makeRunDirectory(), 'ledger.jsonl'),
  }
}

const demoLogger = (target: Target) =>
  pino({ name: 'waybill' }, pino.destination({ dest: logFileOf(target), sync: true }))

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
