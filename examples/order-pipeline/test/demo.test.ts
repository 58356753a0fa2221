import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test as plainTest, vi } from 'vitest'
import { type Entry, openLedgerReader } from '../src/ledger.ts'

/** Milliseconds, on a machine that is busy with other things. */
const PATIENCE = 60_000
vi.setConfig({ testTimeout: 3 * PATIENCE })

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Starts demos that keep their temporary files apart, and that end with the test. */
const test = plainTest
  .extend('directory', async ({}, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), 'demo-test-'))
    onCleanup(() => rm(directory, { recursive: true, force: true }))
    return directory
  })
  .extend('startDemo', ({ directory }, { onCleanup }) => {
    const ending = new AbortController()
    onCleanup(() => ending.abort())
    return (...args: string[]) => {
      const child = spawn(process.execPath, ['--conditions=@waybill/source', main, ...args], {
        env: { ...process.env, TMPDIR: directory },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      ending.signal.addEventListener('abort', () => child.kill('SIGKILL'))
      const lines: string[] = []
      for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => lines.push(line))
      return {
        child,
        lines,
        /** The exit status, once everything is printed. */
        ended: once(child, 'close').then(() => child.exitCode),
        ledger: () => vi.waitUntil(() => /--ledger (\S+)/.exec(lines.join('\n'))?.[1], { timeout: PATIENCE }),
      }
    }
  })

/** Reads a ledger that is being written until `condition` gives something. */
async function waitForEntries<Found>(
  ledger: string,
  condition: (entries: readonly Entry[]) => Found | undefined,
): Promise<Found> {
  const entries: Entry[] = []
  using reader = openLedgerReader(ledger)
  return await vi.waitUntil(() => condition((entries.push(...reader.read()), entries)), {
    timeout: PATIENCE,
    interval: 10,
  })
}

test('it ends with a table of which everything holds', async ({ startDemo }) => {
  const { ended, lines } = startDemo('--orders', '60')
  expect(await ended).toBe(0)
  expect(lines).toContainEqual(expect.stringMatching(/^holds +each receipt was sent exactly once +60 of 60$/))
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^holds +recommendations-dead-letter: .* 3: attempts exhausted \(3\): no price list for CHF$/,
    ),
  )
  expect(lines.at(-1)).toBe('All 9 checks hold.')
})

test('a worker process that is killed is started again; the table counts what was in flight, and holds', async ({
  startDemo,
}) => {
  const { ended, ledger, lines } = startDemo('--orders', '200', '--processes')
  const worker = await waitForEntries(await ledger(), (entries) => {
    const receipts = entries.filter((entry) => entry.kind === 'handled').filter(({ queue }) => queue === 'receipts')
    return receipts[20]?.worker
  })
  process.kill(worker, 'SIGKILL')
  expect(await ended).toBe(0)
  const line = `^holds +each receipt was sent exactly once +200 of 200; \\d+ again, of \\d+ in flight at the kill of ${worker}$`
  expect(lines).toContainEqual(expect.stringMatching(line))
  expect(lines.at(-1)).toBe('All 9 checks hold.')
})

test('Ctrl-C drains and prints a table of what was published so far', async ({ startDemo }) => {
  const { child, ended, ledger, lines } = startDemo('--orders', '1000')
  await waitForEntries(await ledger(), (entries) => entries.find(({ kind }) => kind === 'handled'))
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(lines).toContainEqual(expect.stringMatching(/^holds +stopped early: what was not handled is in its queue/))
  expect(lines.at(-1)).toBe('All 8 checks hold.')
})

test('a wrong option is named, with the usage', async ({ startDemo }) => {
  const { ended, lines } = startDemo('--orders', '0')
  expect(await ended).toBe(2)
  expect(lines[0]).toBe("--orders: '0' is not a whole number from 1 to 9999.")
  expect(lines).toContain('Usage: npm run demo -- [options]')
})
