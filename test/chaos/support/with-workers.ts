import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Backend } from 'waybill/testing'
import { vi } from 'vitest'
import type { Suite } from '../../support/backends.ts'
import { type Entry, ledgerReader, openLedger } from './ledger.ts'
import type { Settings } from './settings.ts'

/** Milliseconds, on a machine that is busy with other things. */
export const PATIENCE = 60_000
vi.setConfig({ testTimeout: 3 * PATIENCE })

const programs = {
  worker: fileURLToPath(new URL('worker.ts', import.meta.url)),
  sender: fileURLToPath(new URL('sender.ts', import.meta.url)),
}

/** Tests that start worker processes, all with one ledger. None outlives its test. */
export const withWorkers = ({ test }: Suite<Backend>) =>
  test
    .extend('directory', ({}, { onCleanup }) => {
      const directory = mkdtempSync(join(tmpdir(), 'waybill-chaos-'))
      onCleanup(() => rmSync(directory, { recursive: true, force: true }))
      return directory
    })
    .extend('ledger', ({ directory }, { onCleanup }) => {
      const path = join(directory, 'ledger.jsonl')
      const ledger = openLedger(path)
      const reader = ledgerReader(path)
      onCleanup(() => {
        reader[Symbol.dispose]()
        ledger[Symbol.dispose]()
      })
      return {
        path,
        write: ledger.write,
        read: reader.read,
        /** Resolves with what `condition` finds in the entries so far. */
        until: <Found>(condition: (entries: readonly Entry[]) => Found) =>
          vi.waitUntil(() => condition(reader.read()), { timeout: PATIENCE, interval: 10 }),
      }
    })
    .extend('start', ({ backend, ledger, namePrefix }, { onCleanup }) => {
      const ending = new AsyncDisposableStack()
      onCleanup(() => ending.disposeAsync())
      const common = { endpoint: backend.endpoint, namePrefix, ledger: ledger.path }
      return (
        settings: Omit<Settings, keyof typeof common> & { readonly endpoint?: string },
        program: keyof typeof programs = 'worker',
      ) => {
        const child = fork(programs[program], [JSON.stringify({ ...common, ...settings })], { execArgv: [] })
        const { pid = 0 } = child
        /** With its status, or null when it was killed. */
        const exited = once(child, 'exit').then(() => child.exitCode)
        ending.defer(async () => {
          child.kill('SIGKILL')
          await exited
        })
        return {
          pid,
          exited,
          signal: (name: NodeJS.Signals) => child.kill(name),
          async kill() {
            child.kill('SIGKILL')
            await exited
            ledger.write({ what: 'killed', worker: pid })
          },
        }
      }
    })
