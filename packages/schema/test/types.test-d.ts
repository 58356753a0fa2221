import {
  type AnyMessage,
  type AnyQueue,
  type AnySubscription,
  type AnyTopic,
  decode,
  defineMessage,
  defineQueue,
  defineTopic,
  encode,
  type Entry,
  isoDate,
  type PayloadOf,
  type Picked,
  type SendsOf,
  type TakesOf,
} from '@waybill/schema'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'

const Paid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
  z.object({ orderId: z.string(), paidAt: isoDate, note: z.string().default('') }),
  (v1) => {
    expectTypeOf(v1).toEqualTypeOf<{ orderId: string; cents: number }>()
    return { orderId: v1.orderId, paidAt: new Date(0), note: '' }
  },
)
const Cancelled = defineMessage('order.cancelled', z.object({ orderId: z.string(), why: z.string() }))
const Mini = defineMessage('mini', mini.object({ a: mini.optional(mini.string()) }))
const orders = defineTopic('orders', { messages: [Paid, Cancelled], fifo: true, group: (m) => m.payload.orderId })
const stock = defineQueue('stock', { messages: [Mini], subscriptions: [orders.select('order.paid')] })

test("a message carries its schema's output", () => {
  expectTypeOf<PayloadOf<typeof Paid>>().toEqualTypeOf<{ orderId: string; paidAt: Date; note: string }>()
  expectTypeOf<PayloadOf<typeof Mini>>().toEqualTypeOf<{ a?: string | undefined }>()
  expectTypeOf(Paid.type).toEqualTypeOf<'order.paid'>()
  expectTypeOf(Paid).toExtend<AnyMessage>()
})

test('keys see each message by its type', () => {
  defineQueue('mixed', {
    messages: [Cancelled, Mini],
    fifo: true,
    group: (m) => {
      expectTypeOf(m).toEqualTypeOf<Entry<typeof Cancelled | typeof Mini>>()
      return m.type === 'mini' ? (m.payload.a ?? '') : m.payload.why
    },
    deduplicate: ({ type, payload }) => (type === 'mini' ? '' : payload.orderId),
    throughput: 'standard',
  })
})

test('a topic knows whether it is FIFO, and its subscriptions what they select', () => {
  expectTypeOf(orders.fifo).toEqualTypeOf<true>()
  expectTypeOf(orders.select('order.paid')['~message']).toEqualTypeOf<typeof Paid | undefined>()
  expectTypeOf(orders).toExtend<AnyTopic>()
  expectTypeOf(orders.select('order.cancelled', 'order.paid')).toExtend<AnySubscription>()
})

test('a queue knows what it is sent and what it takes', () => {
  expectTypeOf<SendsOf<typeof stock>>().toEqualTypeOf<typeof Mini>()
  expectTypeOf<TakesOf<typeof stock>>().toEqualTypeOf<typeof Mini | typeof Paid>()
  expectTypeOf<SendsOf<typeof orders>>().toEqualTypeOf<typeof Paid | typeof Cancelled>()
  expectTypeOf<Picked<TakesOf<typeof stock>, 'order.paid'>>().toEqualTypeOf<typeof Paid>()
  expectTypeOf(stock).toExtend<AnyQueue>()
})

test('a queue that only subscribes is sent nothing', () => {
  const queue = defineQueue('q', { subscriptions: [orders.select('order.paid')], fifo: true })
  expectTypeOf<SendsOf<typeof queue>>().toEqualTypeOf<never>()
  expectTypeOf<TakesOf<typeof queue>>().toEqualTypeOf<typeof Paid>()
})

test('every option may be undefined', () => {
  const queue = defineQueue('q', {
    messages: [Mini],
    subscriptions: undefined,
    fifo: undefined,
    group: undefined,
    deduplicate: undefined,
    throughput: undefined,
    visibilityTimeout: undefined,
    retention: undefined,
    deadLetter: { attempts: undefined, name: undefined },
    untyped: { as: 'mini', version: undefined },
  })
  const topic = defineTopic('t', {
    messages: [Mini],
    fifo: undefined,
    group: undefined,
    deduplicate: undefined,
    throughput: undefined,
  })
  expectTypeOf<TakesOf<typeof queue>>().toEqualTypeOf<typeof Mini>()
  expectTypeOf<SendsOf<typeof topic>>().toEqualTypeOf<typeof Mini>()
})

test('encode takes and decode gives the payload, and both take any message', () => {
  expectTypeOf(encode<typeof Cancelled>)
    .parameter(1)
    .toEqualTypeOf<{ orderId: string; why: string }>()
  expectTypeOf(decode(Paid, '', 1)).toEqualTypeOf<{ orderId: string; paidAt: Date; note: string }>()
  expectTypeOf(decode<AnyMessage>).returns.toEqualTypeOf<unknown>()
})
