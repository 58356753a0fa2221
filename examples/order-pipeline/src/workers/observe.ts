import type { ConsumerEvents, Listeners } from 'waybill'
import type { QueueName } from '../contracts.ts'
import type { Ledger } from '../ledger.ts'

/** Tells the ledger what a consumer does, for the live view. */
export function observe(ledger: Ledger, queue: QueueName): Listeners<ConsumerEvents> {
  const worker = process.pid
  return {
    state: ({ to }) => {
      if (to === 'running') ledger.write({ kind: 'worker', queue, worker, state: 'up' })
      if (to === 'stopped') ledger.write({ kind: 'worker', queue, worker, state: 'down' })
    },
    started: ({ id }) => ledger.write({ kind: 'started', queue, worker, message: id }),
    settled: ({ id, outcome }) => ledger.write({ kind: 'settled', queue, worker, message: id, outcome }),
  }
}
