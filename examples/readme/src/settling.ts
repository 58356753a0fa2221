import {
  type Connection,
  createConsumer,
  deadLetter,
  middleware,
  NonRetryableError,
  type Outcome,
  retry,
} from 'waybill'
import { receipts, stock } from './contracts.ts'

interface Mailer {
  knows(email: string): boolean
  isDown(): Promise<boolean>
  send(email: string, options: { readonly signal: AbortSignal }): Promise<void>
}
interface Db {
  readonly insert: (orderIds: readonly string[]) => Promise<readonly boolean[]>
  release(): void
}

export function settling(connection: Connection, mailer: Mailer, pool: { connect(): Promise<Db> }) {
  // #region outcomes
  const receiptsConsumer = createConsumer(connection, receipts, {
    handlers: {
      async 'receipt.send'({ email }, { signal }) {
        if (!mailer.knows(email)) return deadLetter('no such mailbox') // never: moved, with the reason
        if (await mailer.isDown()) return retry({ delay: '1m' }) // later: an attempt, as a throw
        return mailer.send(email, { signal }) // nothing: done, the message is deleted
      },
      'order.paid': {
        timeout: '30s', // its signal aborts
        concurrency: 10, // of the consumer's
        handle({ amount }) {
          if (amount.cents < 0) throw new NonRetryableError('a negative amount') // as deadLetter(), from deep below
        },
      },
    },
  })
  // #endregion

  // #region batches
  const withDb = middleware(async (_delivery, next) => {
    const db = await pool.connect()
    try {
      return await next({ db }) // the handlers' contexts have it, with its type
    } finally {
      db.release()
    }
  })
  const stockConsumer = createConsumer(connection, stock, {
    use: [withDb],
    handlers: {
      'order.paid': {
        batch: { size: 100, wait: '500ms' },
        async handleBatch(items) {
          const [first] = items
          const inserted = (await first?.context.db.insert(items.map(({ payload }) => payload.orderId))) ?? []
          const failed = new Map<(typeof items)[number], Outcome>()
          for (const [index, item] of items.entries())
            if (!inserted[index]) failed.set(item, retry({ reason: 'no row' }))
          return failed // an item that it lacks is done
        },
      },
      'order.cancelled': () => {},
    },
  })
  // #endregion
  return [receiptsConsumer, stockConsumer]
}
