import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { type Connection, connect, type Logger } from 'waybill'
import { endpoint } from 'waybill/testing'
import { z } from 'zod'
import { alive } from './alive.ts'

/** What a worker must know to take part in a run. */
const Target = z.object({
  /** Undefined: AWS. */
  endpoint: z.string().optional(),
  prefix: z.string(),
  ledger: z.string(),
})
export type Target = z.infer<typeof Target>
const Running = Target.extend({ pid: z.int() })
export type Running = z.infer<typeof Running>

const home = join(tmpdir(), `waybill-demo-${userInfo().username}`)
const runningFile = join(home, 'running.json')

/** How many runs are kept for whoever wants to look again. */
const KEPT = 10

/** A new directory for the ledger and the log of one run. Those of the oldest runs go. */
export function makeRunDirectory(): string {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const runs = globSync(join(home, 'run-*')).map((path) => ({
    path,
    // Another demo may be removing it at this moment.
    at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }))
  const old = runs.toSorted((one, other) => other.at - one.at).slice(KEPT - 1)
  for (const { path } of old) rmSync(path, { recursive: true, force: true })
  return mkdtempSync(join(home, 'run-'))
}

/** Where the processes of a run write their logs. */
export const logFileOf = ({ ledger }: Pick<Target, 'ledger'>) => join(dirname(ledger), 'waybill.log')

/** Lets workers that are started by hand find this run, until disposed of. */
export function announce(target: Target): Disposable {
  writeFileSync(runningFile, JSON.stringify({ ...target, pid: process.pid }))
  return {
    [Symbol.dispose]() {
      if (running()?.ledger === target.ledger) rmSync(runningFile, { force: true })
    },
  }
}

/** The run that is under way on this machine, the latest if there are several. */
export function running(): Running | undefined {
  try {
    const found = Running.parse(JSON.parse(readFileSync(runningFile, 'utf8')))
    return alive(found.pid) ? found : undefined
  } catch {
    return undefined
  }
}

/** With dummy credentials to an endpoint, with the AWS SDK's own to AWS. */
export function connectTo(target: Pick<Target, 'endpoint' | 'prefix'>, logger?: Logger): Connection {
  const options = { namePrefix: target.prefix, logger }
  return target.endpoint === undefined ? connect(options) : endpoint(target.endpoint, options)
}
