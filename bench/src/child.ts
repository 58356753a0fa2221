import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process of a file beside this one. What it prints goes to standard error: standard output is for the tables. */
export interface Child extends AsyncDisposable {
  /** The one thing that it tells. Rejects when it ends instead. */
  readonly told: Promise<unknown>
}

/** How Node runs a child: its flags, and what its environment has besides. */
export interface NodeOptions {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export function startChild(file: string, args: readonly string[], { flags = [], env = {} }: NodeOptions = {}): Child {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [...flags],
    env: { ...process.env, ...env },
  })
  const exited = once(child, 'exit')
  return {
    told: tellingOf(child, file),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

function tellingOf(child: ChildProcess, file: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  child.once('message', resolve)
  child.once('exit', (code, signal) => reject(new Error(`${file} has ended too early: ${signal ?? `status ${code}`}.`)))
  return promise
}

/** For the child: tells its parent, and ends with it. */
export function tell(what: unknown): void {
  process.send?.(what)
}

export function endWithParent(): void {
  process.once('disconnect', () => process.exit())
}
