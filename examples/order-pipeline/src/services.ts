import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from 'waybill'
import type { QueueName } from './contracts.ts'
import type { Handled, Ledger } from './ledger.ts'
import { UNLISTED_CURRENCY } from './orders.ts'

type Order = { readonly orderId: string }
type Call = Context<Handled['type']>

/** Stand-ins for the services that workers call. Each writes what it did into the ledger, at that very moment. */
export function createMail(ledger: Ledger) {
  const did = record(ledger, 'receipts')
  return {
    async sendReceipt(order: Order, call: Call): Promise<void> {
      await delay(5, undefined, { signal: call.signal })
      did(order, call)
    },
  }
}

export function createWarehouse(ledger: Ledger) {
  const did = record(ledger, 'stock')
  const move = async (order: Order, call: Call): Promise<void> => {
    await delay(5, undefined, { signal: call.signal })
    did(order, call)
  }
  return { reserve: move, release: move }
}

export function createRecommender(ledger: Ledger) {
  const did = record(ledger, 'recommendations')
  return {
    async learn(order: Order & { readonly amount: { readonly currency: string } }, call: Call): Promise<void> {
      await delay(75, undefined, { signal: call.signal })
      if (order.amount.currency === UNLISTED_CURRENCY) throw new Error(`no price list for ${UNLISTED_CURRENCY}`)
      did(order, call)
    },
  }
}

function record(ledger: Ledger, queue: QueueName) {
  return ({ orderId }: Order, { id, type }: Call) =>
    ledger.write({ kind: 'handled', queue, worker: process.pid, type, order: orderId, message: id })
}
