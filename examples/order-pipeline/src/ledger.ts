import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { queueNames } from './contracts.ts'

const at = z.number()
const queue = z.enum(queueNames)
const type = z.enum(['order.paid', 'order.cancelled'])
const worker = z.int()
const message = z.string()

/** What really happened. `worker` is a process id, `message` a `waybill-id`, `at` milliseconds since 1970. */
const Entry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('published'), at, type, order: z.string(), unlisted: z.boolean(), message }),
  z.object({ kind: z.literal('publishing-finished'), at }),
  /** The malformed message was put on a queue; `sqsMessageId` is SQS's id of it. */
  z.object({ kind: z.literal('malformed'), at, queue, sqsMessageId: z.string() }),
  z.object({ kind: z.literal('worker'), at, queue, worker, state: z.enum(['up', 'down']) }),
  /** `inFlight`: how many messages the queue said were in flight right after; null when it only guesses, as AWS does. */
  z.object({ kind: z.literal('killed'), at, queue, worker, inFlight: z.int().nullable() }),
  z.object({ kind: z.literal('started'), at, queue, worker, message }),
  /** The side effect: a receipt was sent, stock was moved, a recommendation was learnt. */
  z.object({ kind: z.literal('handled'), at, queue, worker, type, order: z.string(), message }),
  z.object({
    kind: z.literal('settled'),
    at,
    queue,
    worker,
    message,
    outcome: z.enum(['done', 'retry', 'dead-letter']),
  }),
])
export type Entry = z.infer<typeof Entry>
type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { readonly kind: Kind }>
export type Published = EntryOf<'published'>
export type Handled = EntryOf<'handled'>
export type Killed = EntryOf<'killed'>

type WithoutAt<E extends Entry> = E extends Entry ? Omit<E, 'at'> : never

/** A file of JSON lines that several processes append to. An entry is in the file when `write` returns: kill -9 loses none. */
export interface Ledger extends Disposable {
  write(entry: WithoutAt<Entry>): void
}

export function openLedger(path: string): Ledger {
  const file = openSync(path, 'a')
  return {
    write: (entry) => void writeSync(file, `${JSON.stringify({ at: Date.now(), ...entry })}\n`),
    [Symbol.dispose]: () => closeSync(file),
  }
}

/** Reads on where the last `read` ended. */
export interface LedgerReader extends Disposable {
  read(): Entry[]
}

export function openLedgerReader(path: string): LedgerReader {
  const file = openSync(path, 'r')
  const chunk = Buffer.alloc(1_048_576)
  let position = 0
  return {
    read() {
      const entries: Entry[] = []
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
