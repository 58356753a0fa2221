import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { z } from 'zod'

const of = { worker: z.int(), message: z.string() }

/**
 * What happened. `worker` is a process id, `message` a `waybill-id`, `receives` SQS's count. `sending`: `send` is about to be
 * called. `sent`: it has resolved. `done`: the handler is about to return. `cut`: it throws because its signal has aborted.
 * `killed` is written when that process is no more.
 */
const Entry = z.discriminatedUnion('what', [
  z.object({ what: z.literal('sending'), ...of }),
  z.object({ what: z.literal('sent'), ...of }),
  z.object({ what: z.literal('begun'), ...of }),
  z.object({ what: z.literal('done'), ...of, receives: z.int() }),
  z.object({ what: z.literal('cut'), ...of, error: z.string() }),
  z.object({ what: z.literal('lease-lost'), ...of, error: z.string(), why: z.string() }),
  z.object({ what: z.literal('killed'), worker: z.int() }),
])
export type Entry = z.infer<typeof Entry>

/** A file of JSON lines that all processes of a test append to: their order is that in which it happened. */
export interface Ledger extends Disposable {
  /** The entry is in the file when this returns: SIGKILL loses none. */
  write(entry: Entry): void
}

export function openLedger(path: string): Ledger {
  const file = openSync(path, 'a')
  return {
    write: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`),
    [Symbol.dispose]: () => closeSync(file),
  }
}

/** Reads on at each call, and gives all entries so far. */
export function ledgerReader(path: string): Disposable & { read(): readonly Entry[] } {
  const file = openSync(path, 'a+')
  const chunk = Buffer.alloc(65_536)
  const entries: Entry[] = []
  let position = 0
  return {
    read() {
      for (;;) {
        const length = readSync(file, chunk, 0, chunk.length, position)
        // A line without its end is still being written.
        const end = chunk.subarray(0, length).lastIndexOf('\n') + 1
        if (end === 0) return entries
        position += end
        for (const line of chunk.toString('utf8', 0, end - 1).split('\n')) entries.push(Entry.parse(JSON.parse(line)))
      }
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}

export const doneIn = (entries: readonly Entry[]) => entries.filter((entry) => entry.what === 'done')
