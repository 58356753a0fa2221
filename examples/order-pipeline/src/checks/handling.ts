import { type History, outOfOrder } from '../history.ts'
import { ordersOf } from './dead-letters.ts'
import type { Case, Row } from './evidence.ts'
import { repeats, some } from './words.ts'

export function published({ entries, histories, orders, stoppedEarly }: Case): Row {
  const paid = histories.receipts.published.length
  const cancelled = histories.stock.published.length - paid
  const finished = entries.some(({ kind }) => kind === 'publishing-finished')
  return {
    check: stoppedEarly ? 'publishing ended where it was stopped' : 'every order was published',
    holds: finished && (stoppedEarly ? paid <= orders : paid === orders),
    found: `${paid} order.paid and ${cancelled} order.cancelled${paid < orders ? `, of ${orders} orders` : ''}`,
  }
}

export function receiptsOnce({ histories: { receipts }, stoppedEarly }: Case): Row {
  return {
    check: stoppedEarly ? 'no receipt was sent twice' : 'each receipt was sent exactly once',
    holds: onceEach(receipts) && (stoppedEarly || receipts.first.size === receipts.published.length),
    found: `${receipts.first.size} of ${receipts.published.length}${repeats(receipts)}`,
  }
}

export function stockInOrder({ histories: { stock }, stoppedEarly }: Case): Row {
  const bad = outOfOrder(stock)
  return {
    check: stoppedEarly
      ? 'no stock message was handled twice, or out of order'
      : "each order's stock messages were handled once, in order",
    holds: bad.length === 0 && onceEach(stock) && (stoppedEarly || stock.first.size === stock.published.length),
    found: `${stock.first.size} of ${stock.published.length}${bad.length > 0 ? `; not in order: ${some(bad)}` : ''}${repeats(stock)}`,
  }
}

export function recommendationsSettled({ deadLetters, histories: { recommendations }, stoppedEarly }: Case): Row {
  const done = new Set(Array.from(recommendations.first, ({ order }) => order))
  const dead = ordersOf(deadLetters, 'recommendations')
  const both = dead.intersection(done).size
  const neither = recommendations.published.filter(({ order }) => !done.has(order) && !dead.has(order)).length
  return {
    check: stoppedEarly
      ? 'no order was recommended from twice, or is a dead letter too'
      : 'each order was recommended from, or is a dead letter',
    holds: onceEach(recommendations) && both === 0 && (stoppedEarly || neither === 0),
    found: `${done.size} done, ${dead.size} dead, ${neither} ${stoppedEarly ? 'still in the queue' : 'neither'}${both > 0 ? `, ${both} both` : ''}${repeats(recommendations)}`,
  }
}

function onceEach({ again, inFlight, wrong }: History): boolean {
  return wrong.size === 0 && again.size <= inFlight
}
