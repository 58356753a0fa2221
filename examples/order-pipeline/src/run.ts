import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
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

const home = join(tmpdir(), `waybill-demo-${userInfo().username}`)
const runningFile = join(home, 'running.json')

/** A new directory for the ledger and the log of one run. */
export function makeRunDirectory(): string {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  return mkdtempSync(join(home, 'run-'))
}

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
export function running(): Target | undefined {
  try {
    const { pid, ...target } = Running.parse(JSON.parse(readFileSync(runningFile, 'utf8')))
    return alive(pid) ? target : undefined
  } catch {
    return undefined
  }
}

/** With dummy credentials to an endpoint, with the AWS SDK's own to AWS. */
export function connectTo(target: Pick<Target, 'endpoint' | 'prefix'>, logger?: Logger): Connection {
  const options = { namePrefix: target.prefix, logger }
  return target.endpoint === undefined ? connect(options) : endpoint(target.endpoint, options)
}
