import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Connection } from 'waybill'
import { type QueueName, queueNames } from './contracts.ts'
import type { Ledger } from './ledger.ts'
import type { Target } from './run.ts'
import { workers } from './workers/index.ts'

/** The workers of a run. */
export interface Crew {
  /** Rejects when a worker can't work; pending otherwise. */
  readonly failed: Promise<never>
  /** Drains them. */
  stop(): Promise<void>
  /** Ends them at once. */
  cut(): void
}

/** All workers in this process. */
export async function startCrew(connection: Connection, ledger: Ledger): Promise<Crew> {
  const consumers = queueNames.map((name) => workers[name](connection, ledger))
  await Promise.all(consumers.map((consumer) => consumer.start()))
  return {
    failed: Promise.withResolvers<never>().promise,
    async stop() {
      await Promise.all(consumers.map((consumer) => consumer.stop()))
    },
    cut() {},
  }
}

/** A process for each worker; one that is killed is started again. */
export function startProcesses(target: Target, logFile: string): Crew {
  const failed = Promise.withResolvers<never>()
  const children = new Map<QueueName, ChildProcess>()
  let stopping = false

  function start(name: QueueName): void {
    const child = startProcess(name, target, logFile)
    children.set(name, child)
    child.once('exit', (code, signal) => {
      children.delete(name)
      if (stopping) return
      if (signal !== null) start(name)
      else failed.reject(new Error(`The worker of ${name} ended with status ${code}. See ${logFile}.`))
    })
  }

  for (const name of queueNames) start(name)
  return {
    failed: failed.promise,
    async stop() {
      stopping = true
      const exits = Array.from(children.values(), (child) => once(child, 'exit'))
      for (const child of children.values()) child.kill('SIGTERM')
      await Promise.all(exits)
    },
    cut() {
      stopping = true
      for (const child of children.values()) child.kill('SIGKILL')
    },
  }
}

const workerFile = fileURLToPath(new URL('worker.ts', import.meta.url))

function startProcess(name: QueueName, { endpoint, ledger, prefix }: Target, logFile: string): ChildProcess {
  const where = endpoint === undefined ? ['--aws'] : ['--endpoint', endpoint]
  const log = openSync(logFile, 'a')
  try {
    return fork(workerFile, [name, ...where, '--prefix', prefix, '--ledger', ledger], {
      stdio: ['ignore', log, log, 'ipc'],
      // A process group of its own: Ctrl-C is for the demo, which then stops its workers.
      detached: true,
    })
  } finally {
    closeSync(log)
  }
}
