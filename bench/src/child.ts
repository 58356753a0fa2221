import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process of a file beside this one. What it prints goes to standard error: standard output is for the tables. */
export interface Child extends AsyncDisposable {
  /** The one thing that it tells. Rejects when it ends instead. */
  readonly told: Promise<unknown>
}

export function startChild(file: string, args: readonly string[], nodeOptions: readonly string[] = []): Child {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [...nodeOptions],
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
