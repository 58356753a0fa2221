import { type QueueName, queueNames } from './contracts.ts'
import type { Entry } from './ledger.ts'
import { takes } from './orders.ts'

/** How far a queue's workers are, as the ledger tells. */
export interface QueueProgress {
  /** What was published for it, or put on it. */
  sent: number
  /** Failed attempts after which a message is tried again. */
  retried: number
  killed: number
  /** What runs in each worker that is up, by its process id. */
  readonly running: Map<number, Set<string>>
  readonly done: Set<string>
  readonly doneAt: number[]
}

export interface Progress {
  readonly queues: Readonly<Record<QueueName, QueueProgress>>
  readonly published: number
  readonly publishing: boolean
  /** When the last entry was added, in milliseconds since 1970. */
  readonly lastAt: number
  add(entry: Entry): void
}

export function createProgress(): Progress {
  const queues = { receipts: none(), stock: none(), recommendations: none() }
  let published = 0
  let publishing = true
  let lastAt = Date.now()
  return {
    queues,
    get published() {
      return published
    },
    get publishing() {
      return publishing
    },
    get lastAt() {
      return lastAt
    },
    add(entry) {
      lastAt = entry.at
      if (entry.kind === 'publishing-finished') publishing = false
      if (entry.kind === 'published') {
        published++
        for (const name of queueNames) if (takes(name, entry.type)) queues[name].sent++
      }
      if (entry.kind === 'malformed') queues[entry.queue].sent++
      if ('worker' in entry) addTo(queues[entry.queue], entry)
    },
  }
}

function none(): QueueProgress {
  return { sent: 0, retried: 0, killed: 0, running: new Map(), done: new Set(), doneAt: [] }
}

function addTo(queue: QueueProgress, entry: Extract<Entry, { readonly worker: number }>): void {
  switch (entry.kind) {
    case 'worker':
      if (entry.state === 'up') queue.running.set(entry.worker, new Set())
      else queue.running.delete(entry.worker)
      break
    case 'killed':
      queue.running.delete(entry.worker)
      queue.killed++
      break
    case 'started':
      queue.running.get(entry.worker)?.add(entry.message)
      break
    case 'handled':
      queue.done.add(entry.message)
      queue.doneAt.push(entry.at)
      break
    case 'settled':
      if (entry.outcome === 'retry') queue.retried++
      queue.running.get(entry.worker)?.delete(entry.message)
      break
  }
}
