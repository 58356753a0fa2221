import { describe, expectTypeOf, test } from 'vitest'
import {
  type BatchOutcome,
  type Connection,
  createConsumer,
  deadLetter,
  type DeadLetter,
  type Failure,
  type HandlerOf,
  type Health,
  type IdempotencyStore,
  type Item,
  memoryStore,
  middleware,
  NonRetryableError,
  type Outcome,
  retry,
  type Retry,
  runConsumers,
  type StopReport,
} from 'waybill'
import { receipts, stock } from './contracts.ts'

declare const connection: Connection
type OnReceipt = HandlerOf<typeof receipts, 'receipt.send'>

describe('a handler settles by', () => {
  test('returning nothing, at once or later', () => {
    expectTypeOf(() => {}).toExtend<OnReceipt>()
    expectTypeOf(async () => {}).toExtend<OnReceipt>()
  })

  test('returning an outcome, made by a function or by hand', () => {
    expectTypeOf(retry()).toEqualTypeOf<Retry>()
    expectTypeOf(deadLetter('why')).toEqualTypeOf<DeadLetter>()
    expectTypeOf(() => retry({ delay: '1m', reason: 'busy' })).toExtend<OnReceipt>()
    expectTypeOf(async () => deadLetter('why')).toExtend<OnReceipt>()
    expectTypeOf(() => ({ outcome: 'done' }) as const).toExtend<OnReceipt>()
  })

  test('returning one or the other, or nothing', () => {
    const either = async (n: number) => (n > 2 ? retry() : n > 1 ? deadLetter('why') : undefined)
    expectTypeOf(async () => either(1)).toExtend<OnReceipt>()
  })

  test('throwing, for a retry or for good', () => {
    const never = (): never => {
      throw new NonRetryableError('no such order', { cause: 404 })
    }
    expectTypeOf(never).toExtend<OnReceipt>()
    expectTypeOf(new NonRetryableError('why').code).toEqualTypeOf<'non-retryable'>()
  })
})

describe('a batch handler settles by', () => {
  interface Thing {
    readonly n: number
  }
  type Settled = BatchOutcome<Item<Thing>>

  test('returning nothing, one outcome for all, or outcomes by item', () => {
    expectTypeOf<undefined>().toExtend<Settled>()
    expectTypeOf<Outcome>().toExtend<Settled>()
    expectTypeOf<Map<Item<Thing>, Outcome>>().toExtend<Settled>()
    expectTypeOf<Map<Item<Thing>, Retry>>().toExtend<Settled>()
  })

  test('not by outcomes in a list, or of something else', () => {
    expectTypeOf<Outcome[]>().not.toExtend<Settled>()
    expectTypeOf<Map<string, Outcome>>().not.toExtend<Settled>()
  })

  test('and knows the signal and the log of the whole', () => {
    createConsumer(connection, stock, {
      handlers: {
        'order.paid': {
          batch: { size: 10 },
          timeout: '30s',
          concurrency: 2,
          handleBatch: (items, { signal, log }) => {
            expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
            expectTypeOf(items[0]?.context.group).toEqualTypeOf<string | undefined>()
            log.info({ count: items.length })
          },
        },
        'order.cancelled': () => {},
      },
    })
  })
})

describe('middleware', () => {
  const withTenant = middleware(async (delivery, next) => {
    expectTypeOf(delivery.payload).toBeUnknown()
    return next({ tenant: delivery.id })
  })
  const withTry = middleware(async (_delivery, next) => {
    try {
      return await next({ tries: 1 })
    } catch {
      return retry()
    }
  })

  test('adds up in the context, of items in a batch too', () => {
    createConsumer(connection, stock, {
      use: [withTenant, withTry],
      handlers: {
        'order.paid': (_order, { tenant, tries }) => {
          expectTypeOf(tenant).toEqualTypeOf<string>()
          expectTypeOf(tries).toEqualTypeOf<1>()
        },
        'order.cancelled': {
          batch: { size: 2 },
          handleBatch: (items) => {
            for (const { context } of items) expectTypeOf(context.tries).toEqualTypeOf<1>()
          },
        },
      },
    })
  })

  test('that adds nothing leaves the context as it is', () => {
    const plain = middleware((_delivery, next) => next())
    createConsumer(connection, stock, {
      use: [plain],
      handlers: {
        'order.paid': (_order, context) => expectTypeOf(context).not.toHaveProperty('tenant') && undefined,
        'order.cancelled': () => {},
      },
    })
  })
})

test('limits, delays, stores and health have their types', () => {
  const consumer = createConsumer(connection, receipts, {
    groupConcurrency: 5,
    rateLimit: { max: 100, per: '1s' },
    retryIn(attempt, failure) {
      expectTypeOf(attempt).toBeNumber()
      expectTypeOf(failure).toEqualTypeOf<Failure>()
      return attempt > 3 ? '10m' : undefined
    },
    idempotency: {
      store: memoryStore(),
      key: (message) => (message.type === 'order.paid' ? message.payload.orderId : message.payload.email),
      keep: '7d',
    },
    handlers: { 'order.paid': () => {}, 'receipt.send': () => {} },
    on: { duplicate: ({ id }) => expectTypeOf(id).toBeString() },
  })
  expectTypeOf(memoryStore()).toEqualTypeOf<IdempotencyStore>()
  expectTypeOf(consumer.health()).toEqualTypeOf<Health>()
  expectTypeOf(runConsumers([consumer])).resolves.toEqualTypeOf<StopReport>()
})
