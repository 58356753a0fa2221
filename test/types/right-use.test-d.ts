import { describe, expectTypeOf, test } from 'vitest'
import {
  type AnyMessage,
  type AttributesOf,
  type Allowance,
  type Change,
  connect,
  type Connection,
  type Context,
  createConsumer,
  createProducer,
  deadLetter,
  type FreeAttributes,
  type HandlerOf,
  type HandlersOf,
  memoryStore,
  middleware,
  type Outcome,
  type PayloadOf,
  plan,
  retry,
  type SendOptions,
} from 'waybill'
import { z } from 'zod'
import {
  mixed,
  type Note,
  OrderCancelled,
  type OrderPaid,
  orders,
  type Ping,
  receipts,
  type SendReceipt,
  type Shipped,
  shipments,
  stock,
} from './contracts.ts'

interface Paid {
  orderId: string
  amount: { cents: number; currency: string }
  paidAt: Date
}
interface Cancelled {
  orderId: string
  why: string
}
interface Receipt {
  orderId: string
  email: string
}
interface Own {
  tenant: string
  region?: 'eu' | 'us' | undefined
  priority: number
}
interface Db {
  sql(text: string): Promise<number>
  release(): void
}

declare const connection: Connection
declare const paid: Paid
declare const mailer: {
  send(receipt: object, options?: { signal: AbortSignal }): Promise<void>
  isDown(): Promise<boolean>
}
declare const pool: { connect(): Promise<Db> }

test('a connection needs no options', () => {
  expectTypeOf(connect).toBeCallableWith()
  expectTypeOf(connect).toBeCallableWith({ transport: 'direct' })
  expectTypeOf(connect()).toExtend<AsyncDisposable>()
})

describe('a message', () => {
  test('has the payload of its newest version, as the schema decodes it', () => {
    expectTypeOf<PayloadOf<typeof OrderPaid>>().toEqualTypeOf<Paid>()
    expectTypeOf<PayloadOf<typeof SendReceipt>>().toEqualTypeOf<Receipt>()
    expectTypeOf<PayloadOf<typeof Note>>().toEqualTypeOf<{ text?: string | undefined }>()
  })

  test('is up-cast from the payload of the version before', () => {
    const next = OrderCancelled.evolve(z.object({ orderId: z.string(), code: z.int() }), (previous) => {
      expectTypeOf(previous).toEqualTypeOf<Cancelled>()
      return { orderId: previous.orderId, code: previous.why.length }
    })
    expectTypeOf<PayloadOf<typeof next>>().toEqualTypeOf<{ orderId: string; code: number }>()
  })
})

describe('attributes of its own', () => {
  test('are what a contract declares, as its schema decodes them, in all versions', () => {
    expectTypeOf<AttributesOf<typeof Shipped>>().toEqualTypeOf<Own>()
    expectTypeOf<AttributesOf<typeof Ping>>().toEqualTypeOf<{ region?: 'eu' | 'us' | undefined }>()
    expectTypeOf<AttributesOf<typeof OrderPaid>>().toEqualTypeOf<FreeAttributes>()
    expectTypeOf<FreeAttributes>().toEqualTypeOf<Readonly<Record<string, string>>>()
    expectTypeOf<typeof Shipped>().toExtend<AnyMessage>()
    const evolve = (shipped: typeof Shipped) =>
      shipped.evolve(z.object({ id: z.string() }), (v1) => ({ id: v1.orderId }))
    expectTypeOf<AttributesOf<ReturnType<typeof evolve>>>().toEqualTypeOf<Own>()
  })

  test('must be sent when one of them is required', async () => {
    const producer = createProducer(connection, shipments)
    const needed = { tenant: 'acme', priority: 3 }
    expectTypeOf(
      await Promise.all([
        producer.send('shipped', { orderId: '1' }, { attributes: needed }),
        producer.send('shipped', { orderId: '1' }, { attributes: { ...needed, region: 'eu' }, delay: '5s' }),
        producer.send('ping', {}),
        producer.send('ping', {}, { id: '1' }),
        producer.send('ping', {}, { attributes: { region: 'eu' } }),
        producer.send('receipt.send', { orderId: '1', email: 'x' }),
        producer.send('receipt.send', { orderId: '1', email: 'x' }, { attributes: { any: 'text' } }),
      ]),
    ).items.toHaveProperty('id')
  })

  test('stay optional where the type is not known yet and none is required', () => {
    const publisher = createProducer(connection, orders)
    type Sends = typeof OrderPaid | typeof OrderCancelled
    const publish = <T extends Sends['type']>(type: T, payload: PayloadOf<Extract<Sends, { type: T }>>) =>
      publisher.send(type, payload)
    expectTypeOf(publish).toBeCallableWith('order.paid', paid)
  })

  test('are in the options of their message', () => {
    expectTypeOf<SendOptions<Own>['attributes']>().toEqualTypeOf<Own>()
    expectTypeOf<SendOptions['attributes']>().toEqualTypeOf<FreeAttributes | undefined>()
    const ship = (order: { orderId: string }, options: SendOptions<AttributesOf<typeof Shipped>>) =>
      createProducer(connection, shipments).send('shipped', order, options)
    expectTypeOf(ship).toBeCallableWith({ orderId: '1' }, { attributes: { tenant: 'acme', priority: 3 } })
  })

  test('reach handlers of all forms, beside what middleware adds', () => {
    createConsumer(connection, shipments, {
      use: [withDb],
      handlers: {
        shipped: (_shipped, { attributes, db }) => {
          expectTypeOf(attributes).toEqualTypeOf<Own>()
          expectTypeOf(db).toEqualTypeOf<Db>()
        },
        ping: {
          batch: { size: 2 },
          handleBatch: (items) => {
            expectTypeOf(items[0]?.context.attributes.region).toEqualTypeOf<'eu' | 'us' | undefined>()
          },
        },
        'receipt.send': {
          handle: (_receipt, { attributes }) => {
            expectTypeOf(attributes).toEqualTypeOf<FreeAttributes>()
          },
        },
      },
    })
  })

  test('reach handlers in a file of their own', () => {
    const onShipped: HandlerOf<typeof shipments, 'shipped'> = (_shipped, { attributes }) => {
      expectTypeOf(attributes).toEqualTypeOf<Own>()
    }
    const handlers = {
      shipped: onShipped,
      ping: (_ping, { attributes }) =>
        expectTypeOf(attributes.region).toEqualTypeOf<'eu' | 'us' | undefined>() && undefined,
      'receipt.send': () => {},
    } satisfies HandlersOf<typeof shipments>
    createConsumer(connection, shipments, { handlers })
  })

  test('are unknown to what takes any context', () => {
    const log = (context: Context) => context.log.info({ attributes: context.attributes })
    createConsumer(connection, shipments, {
      use: [
        middleware((delivery, next) => {
          expectTypeOf(delivery.attributes['tenant']).toBeUnknown()
          return next()
        }),
      ],
      handlers: {
        shipped: (_, context) => log(context),
        ping: (_, context) => log(context),
        'receipt.send': (_, context) => log(context),
      },
    })
  })

  test('tell pieces of work apart', () => {
    createConsumer(connection, shipments, {
      idempotency: {
        store: memoryStore(),
        key: (delivery) => {
          if (delivery.type !== 'shipped') return delivery.id
          expectTypeOf(delivery.attributes).toEqualTypeOf<Own>()
          return `${delivery.attributes.tenant}/${delivery.payload.orderId}`
        },
      },
      handlers: { shipped: () => {}, ping: () => {}, 'receipt.send': () => {} },
    })
  })
})

describe('a producer', () => {
  test('sends what its topic or queue declares', () => {
    const publisher = createProducer(connection, orders)
    expectTypeOf(publisher.send).parameter(0).toEqualTypeOf<'order.paid' | 'order.cancelled'>()
    expectTypeOf(publisher.send).toBeCallableWith('order.paid', paid)
    expectTypeOf(publisher.send).toBeCallableWith('order.cancelled', { orderId: '1', why: 'x' }, { delay: '5s' })
    expectTypeOf(publisher.send('order.paid', paid)).resolves.toEqualTypeOf<{
      readonly id: string
      readonly messageId: string
      readonly sequenceNumber?: string | undefined
    }>()
  })

  test('sends to a queue its own messages only, not those of its subscriptions', () => {
    expectTypeOf(createProducer(connection, receipts).send).parameter(0).toEqualTypeOf<'receipt.send'>()
    expectTypeOf(createProducer(connection, stock).send).parameter(0).toBeNever()
  })

  test('takes messages of several types from any iterable', () => {
    const publisher = createProducer(connection, orders)
    expectTypeOf(publisher.sendMany).toBeCallableWith([
      { type: 'order.cancelled', payload: { orderId: '1', why: 'x' } },
      { type: 'order.paid', payload: paid },
    ])
  })

  test('takes options with each message of an iterable, and hands back what it could not send in that form', async () => {
    const publisher = createProducer(connection, shipments)
    const sending = publisher.sendMany([
      { type: 'shipped', payload: { orderId: '1' }, options: { id: 'a', attributes: { tenant: 'acme', priority: 3 } } },
      { type: 'ping', payload: {} },
    ])
    expectTypeOf(sending.progress.taken).toBeNumber()
    const unsent = await publisher.close({ timeout: '10s' })
    expectTypeOf(unsent[0]?.unknown).toEqualTypeOf<boolean | undefined>()
    expectTypeOf(publisher.sendMany).toBeCallableWith(unsent)
  })

  test('tells typed events', () => {
    const publisher = createProducer(connection, orders, { on: { batch: ({ ms }) => expectTypeOf(ms).toBeNumber() } })
    expectTypeOf(publisher.on('batch', ({ reason }) => reason === 'idle')).toExtend<Disposable>()
  })

  test('is disposed of by await using', () => {
    expectTypeOf(createProducer(connection, orders)).toExtend<AsyncDisposable>()
  })
})

describe('a consumer', () => {
  test('hands each handler its payload and context', () => {
    createConsumer(connection, receipts, {
      concurrency: 50,
      handlers: {
        'order.paid': async (order, context) => {
          expectTypeOf(order).toEqualTypeOf<Paid>()
          expectTypeOf(context.type).toEqualTypeOf<'order.paid'>()
          expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>()
          context.log.info({ orderId: order.orderId })
          await mailer.send(order, { signal: context.signal })
        },
        'receipt.send': async (receipt) => {
          expectTypeOf(receipt).toEqualTypeOf<Receipt>()
          return (await mailer.isDown()) ? retry({ delay: '1m' }) : mailer.send(receipt)
        },
      },
    })
  })

  test('takes handlers that are not async', () => {
    createConsumer(connection, mixed, {
      handlers: {
        'receipt.send': () => {},
        'order.cancelled': () => deadLetter('not here'),
        note: (note) => {
          expectTypeOf(note.text).toEqualTypeOf<string | undefined>()
        },
      },
    })
  })

  test('hands a batch handler its items, which it may settle one by one', () => {
    createConsumer(connection, stock, {
      handlers: {
        'order.paid': {
          batch: { size: 100, wait: '1s' },
          handleBatch: async (items) => {
            expectTypeOf(items[0]?.payload).toEqualTypeOf<Paid | undefined>()
            const failed = new Map<(typeof items)[number], Outcome>()
            for (const item of items) if (item.context.attempt > 1) failed.set(item, retry({ reason: 'no row' }))
            return failed
          },
        },
        'order.cancelled': {
          batch: { size: 9 },
          handleBatch: async (items) => (items.length > 4 ? retry({ delay: '1m' }) : undefined),
        },
      },
    })
  })

  test('lets a batch handler return a map that it never annotated', () => {
    createConsumer(connection, stock, {
      handlers: {
        'order.paid': {
          batch: { size: 9 },
          handleBatch: (items) =>
            new Map(items.map((item) => [item, item.payload.amount.cents > 1 ? retry() : deadLetter('too little')])),
        },
        'order.cancelled': {
          timeout: '1m',
          handle: (order) => expectTypeOf(order).toEqualTypeOf<Cancelled>() && undefined,
        },
      },
    })
  })

  test('tells typed events, to listeners given or added', () => {
    const consumer = createConsumer(connection, stock, {
      handlers: { 'order.paid': () => {}, 'order.cancelled': () => {} },
      on: { settled: (event) => expectTypeOf(event.ms).toBeNumber() },
    })
    expectTypeOf(
      consumer.on('lease-lost', (event) => expectTypeOf(event.error).toEqualTypeOf<Error>()),
    ).toExtend<Disposable>()
  })
})

describe('handlers in a file of their own', () => {
  interface WithDb {
    db: Db
  }
  const onPaid: HandlerOf<typeof receipts, 'order.paid', WithDb> = async (order, { db }) => {
    await db.sql(order.orderId)
  }

  test('get their types from the queue', () => {
    expectTypeOf(onPaid).parameter(0).toEqualTypeOf<Paid>()
    expectTypeOf(onPaid).parameter(1).toExtend<Context<'order.paid'> & WithDb>()
  })

  test('fit the consumer of that queue', () => {
    const handlers = {
      'order.paid': onPaid,
      'receipt.send': async (receipt) => expectTypeOf(receipt).toEqualTypeOf<Receipt>() && undefined,
    } satisfies HandlersOf<typeof receipts, WithDb>
    createConsumer(connection, receipts, { use: [withDb], handlers })
  })
})

const withDb = middleware(async (_delivery, next) => {
  const db = await pool.connect()
  try {
    return await next({ db })
  } finally {
    db.release()
  }
})
const timing = middleware(async (delivery, next) => {
  const result = await next()
  delivery.log.info({ outcome: result.outcome })
  return result
})
const tenants = middleware(async (delivery, next) =>
  delivery.group === undefined ? deadLetter('no tenant') : next({ tenant: delivery.group }),
)

test('what middleware adds to the context reaches every handler, of whatever kind', () => {
  createConsumer(connection, stock, {
    use: [timing, withDb, tenants],
    handlers: {
      'order.paid': {
        batch: { size: 100 },
        handleBatch: (items) => {
          expectTypeOf(items[0]?.context.tenant).toEqualTypeOf<string | undefined>()
        },
      },
      'order.cancelled': (_order, { db, tenant, type }) => {
        expectTypeOf(db).toEqualTypeOf<Db>()
        expectTypeOf(tenant).toEqualTypeOf<string>()
        expectTypeOf(type).toEqualTypeOf<'order.cancelled'>()
      },
    },
  })
})

describe('a plan', () => {
  test('is made of declarations, with options or without', () => {
    expectTypeOf(plan).toBeCallableWith(connection, [orders, receipts, stock])
    const options = { prune: true, allow: ['lower-retention'], tags: { team: 'shop' } } as const
    expectTypeOf(plan).toBeCallableWith(connection, [orders], options)
  })

  test('has changes that can be told apart', () => {
    const tell = (change: Change) => {
      if (change.kind === 'cannot-change') expectTypeOf(change.allowance).toEqualTypeOf<Allowance | undefined>()
      if (change.kind === 'tag') expectTypeOf(change.to).toEqualTypeOf<Readonly<Record<string, string>>>()
      if (change.kind === 'remove') expectTypeOf(change.to).toEqualTypeOf<string | undefined>()
    }
    expectTypeOf(tell).parameter(0).toEqualTypeOf<Change>()
  })
})
