import { join } from 'node:path'
import { pino } from 'pino'
import { apply, type Connection, destroy, plan } from 'waybill'
import { agreed } from './agreed.ts'
import { check } from './check.ts'
import { declarations } from './contracts.ts'
import { startCrew, startProcesses } from './crew.ts'
import { CutShort, cutShort, type Interrupts, onInterrupt, stopped } from './interrupts.ts'
import { openLedger, openLedgerReader } from './ledger.ts'
import { sendMalformed } from './malformed.ts'
import { DEMO_USAGE, type DemoOptions, parseDemoOptions, UsageError } from './options.ts'
import { isAccountedFor, isFinished, isReady } from './milestones.ts'
import { UNLISTED_CURRENCY } from './orders.ts'
import { openPlace } from './place.ts'
import { publish } from './publish.ts'
import { left, readDeadLetters } from './queues.ts'
import { announce, logFileOf, makeRunDirectory, type Target } from './run.ts'
import { table } from './table.ts'
import { createView } from './view.ts'
import { startWatch } from './watch.ts'

interface Run extends DemoOptions {
  readonly connection: Connection
  readonly target: Target
  readonly logFile: string
  readonly interrupts: Interrupts
}

async function main(): Promise<number> {
  const options = parseDemoOptions(process.argv.slice(2))
  if (!options) {
    console.log(DEMO_USAGE)
    return 0
  }
  using interrupts = onInterrupt()
  const ledger = join(makeRunDirectory(), 'ledger.jsonl')
  const logFile = logFileOf({ ledger })
  const logger = pino({ name: 'waybill' }, pino.destination({ dest: logFile, sync: true }))
  await using place = await openPlace(options.on, logger)
  const { connection, endpoint, prefix } = place
  const changes = await plan(connection, declarations)
  if (options.on.kind === 'aws' && !(await agreed(connection, changes, options.on.yes))) return 1
  try {
    await apply(changes)
    const target = { endpoint, prefix, ledger }
    return await Promise.race([
      demonstrate({ ...options, connection, target, logFile, interrupts }),
      cutShort(interrupts),
    ])
  } finally {
    if (place.lasts) await remove(connection, prefix)
  }
}

/** Runs the whole pipeline; resolves with the exit status. */
async function demonstrate({ connection, interrupts, logFile, on, orders, processes, target }: Run): Promise<number> {
  await using cleanup = new AsyncDisposableStack()
  const ledger = cleanup.use(openLedger(target.ledger))
  const reader = cleanup.use(openLedgerReader(target.ledger))
  cleanup.use(announce(target))
  introduce(orders, processes, target, logFile)
  const crew = processes ? startProcesses(target, logFile) : await startCrew(connection, ledger)
  const view = createView(process.stdout, { pids: processes, stop: interrupts.stop })
  const watch = startWatch({ connection, ledger, reader, view, exact: on.kind !== 'aws' })
  cleanup.defer(async () => void (await watch.stop()))
  cleanup.defer(() => crew.stop())
  interrupts.cut.addEventListener('abort', () => crew.cut())

  await Promise.race([watch.until(isReady), crew.failed])
  await sendMalformed(connection, target, ledger)
  await Promise.race([publish(connection, ledger, orders, interrupts.stop), crew.failed])
  await Promise.race([watch.until(isFinished), crew.failed, stopped(interrupts)])
  await crew.stop()
  await watch.until(isAccountedFor)
  const { depths, entries } = await watch.stop()
  const deadLetters = await readDeadLetters(connection)
  const rows = check({ orders, stoppedEarly: interrupts.stop.aborted, entries, deadLetters, left: left(depths) })
  console.log(table(rows))
  return rows.every(({ holds }) => holds) ? 0 : 1
}

function introduce(orders: number, processes: boolean, { endpoint, ledger, prefix }: Target, logFile: string): void {
  const where = endpoint === undefined ? '--aws' : `--endpoint ${endpoint}`
  const workers = processes
    ? 'a worker process for each queue (kill -9 one)'
    : 'a worker for each queue in this process'
  console.log(`${orders} orders go to a FIFO topic, and from there to three queues: receipts, stock (FIFO) and recommendations,
which is slow, and fails for orders in ${UNLISTED_CURRENCY} until they are dead letters.
On ${endpoint ?? 'AWS'}; ${workers}.
More workers: npm run demo:worker -- receipts ${where}${prefix && ` --prefix ${prefix}`} --ledger ${ledger}
Log: ${logFile}
`)
}

async function remove(connection: Connection, prefix: string): Promise<void> {
  try {
    await destroy(connection, declarations)
    console.log(`Removed the queues and topics that begin with ${prefix}`)
  } catch (error) {
    console.error(`Could not remove all queues and topics that begin with ${prefix}: remove them yourself.`)
    throw error
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(
    error instanceof UsageError ? `${error.message}\n\n${DEMO_USAGE}` : error instanceof Error ? error.message : error,
  )
  process.exitCode = error instanceof UsageError ? 2 : 1
  // Handlers may still be running.
  if (error instanceof CutShort) process.exit(130)
}
