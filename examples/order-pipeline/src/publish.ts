import { type Connection, createProducer } from 'waybill'
import { orders } from './contracts.ts'
import type { Ledger } from './ledger.ts'
import { madeUpOrders, type OrderMessage, UNLISTED_CURRENCY } from './orders.ts'

/** Publishes the made-up orders until `stop` aborts, and resolves once SNS has all that were published. */
export async function publish(connection: Connection, ledger: Ledger, count: number, stop: AbortSignal): Promise<void> {
  await using producer = createProducer(connection, orders)
  for await (const result of producer.sendMany(until(stop, madeUpOrders(count)), { window: 200 })) {
    if (!result.ok) throw result.error
    const { type, payload } = result.message
    const unlisted = type === 'order.paid' && payload.amount.currency === UNLISTED_CURRENCY
    ledger.write({ kind: 'published', type, order: payload.orderId, unlisted, message: result.id })
  }
  ledger.write({ kind: 'publishing-finished' })
}

function* until(stop: AbortSignal, messages: Iterable<OrderMessage>): Generator<OrderMessage> {
  for (const message of messages) {
    if (stop.aborted) return
    yield message
  }
}
