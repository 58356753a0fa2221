import type { Evidence } from '../src/checks/evidence.ts'
import { queueNames, type QueueName } from '../src/contracts.ts'
import type { Entry, Handled } from '../src/ledger.ts'
import { madeUpOrders, takes, UNLISTED_CURRENCY } from '../src/orders.ts'

export const WORKER = { receipts: 101, stock: 102, recommendations: 103 } as const
const ORDERS = 30

/** A run in which everything went well, for tests to spoil: handlers ran at 1 ms a message, the recommender's at 10 ms. */
export function goodRun(): Evidence & { entries: Entry[] } {
  const messages = Array.from(madeUpOrders(ORDERS), ({ payload, type }, index) => ({
    type,
    order: payload.orderId,
    unlisted: 'amount' in payload && payload.amount.currency === UNLISTED_CURRENCY,
    message: `m${index}`,
  }))
  const entries: Entry[] = [
    { kind: 'malformed', at: 0, queue: 'receipts', sqsMessageId: 'malformed' },
    ...messages.map((message, at): Entry => ({ kind: 'published', at, ...message })),
    { kind: 'publishing-finished', at: messages.length },
    ...queueNames.flatMap((queue) => {
      const mine = messages.filter(({ type }) => takes(queue, type))
      return mine.flatMap((message, index) => {
        const at = (index + 1) * (queue === 'recommendations' ? 10 : 1)
        if (queue === 'recommendations' && message.unlisted) return []
        return handling(queue, message, at)
      })
    }),
  ]
  const unlisted = messages.filter((message) => message.unlisted)
  return {
    orders: ORDERS,
    stoppedEarly: false,
    entries,
    deadLetters: [
      { queue: 'receipts', order: 'order-0000', sqsMessageId: 'malformed', attempts: 1, reason: 'invalid: no amount' },
      ...unlisted.map(({ message, order }) => ({
        queue: 'recommendations' as const,
        order,
        sqsMessageId: `sqs-${message}`,
        attempts: 3,
        reason: 'attempts exhausted (3): no price list for CHF',
      })),
    ],
    left: { receipts: 0, stock: 0, recommendations: 0 },
  }
}

type Message = Pick<Handled, 'type' | 'order' | 'message'>

export function handling(
  queue: QueueName,
  { message, order, type }: Message,
  at: number,
  worker: number = WORKER[queue],
): Entry[] {
  return [
    { kind: 'started', at, queue, worker, message },
    { kind: 'handled', at, queue, worker, type, order, message },
    { kind: 'settled', at, queue, worker, message, outcome: 'done' },
  ]
}

export function handledIn(queue: QueueName, entries: readonly Entry[]): Handled[] {
  return entries.filter((entry) => entry.kind === 'handled').filter((entry) => entry.queue === queue)
}
