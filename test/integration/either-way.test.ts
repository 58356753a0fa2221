import { context, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { ReceivedMessage } from '@waybill/sqs'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  apply,
  type Connection,
  type Context,
  createProducer,
  defineMessage,
  defineQueue,
  defineTopic,
  plan,
} from 'waybill'
import { z } from 'zod'
import { describeEachBackend } from '../support/backends.ts'
import { Inbox } from '../support/inbox.ts'
import { replacing, started } from './support/consumers.ts'

const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
  z.object({ orderId: z.string(), cents: z.int(), currency: z.string() }),
  (v1) => ({ ...v1, currency: 'EUR' }),
)
const order = { orderId: 'o-17', cents: 1_250, currency: 'SEK' }

const messages = [OrderPaid] as const
const group = ({ payload }: { readonly payload: typeof order }) => payload.orderId

const plain = defineTopic('orders', { messages })
const fair = defineTopic('orders', { messages, group })
const ordered = defineTopic('orders', { messages, group, fifo: true })
const KINDS = [
  {
    kind: 'standard',
    topic: plain,
    queue: defineQueue('receipts', { messages, subscriptions: [plain.select('order.paid')] }),
    grouped: undefined,
    known: {},
  },
  {
    kind: 'standard with fair-queue groups',
    topic: fair,
    queue: defineQueue('receipts', { messages, group, subscriptions: [fair.select('order.paid')] }),
    grouped: 'o-17',
    known: { embedded: 'has no groups on standard queues' },
  },
  {
    kind: 'FIFO',
    topic: ordered,
    queue: defineQueue('receipts', { messages, group, fifo: true, subscriptions: [ordered.select('order.paid')] }),
    grouped: 'o-17',
    known: {},
  },
]

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const sender = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
})

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
})
afterAll(() => {
  context.disable()
  propagation.disable()
})

/** Sends the order in either version, under `queue-1` and so on, within the sender's span. */
async function sendOrders(aws: Connection, to: (typeof KINDS)[number]['queue' | 'topic']): Promise<void> {
  for (const version of [1, 2]) {
    await using producer = createProducer(aws, to, { write: { 'order.paid': version } })
    const options = { id: `${to.kind}-${version}`, attributes: { tenant: 'acme' } }
    await context.with(sender, () => producer.send('order.paid', order, options))
  }
}

/** Handlers are not told the trace context: it is in what comes. */
const watching = (aws: Connection, received: ReceivedMessage[]) =>
  replacing(aws, (real) => ({
    async receive(...args) {
      const some = await real.receive(...args)
      received.push(...some)
      return some
    },
  }))

/** What a handler is told of a message, but for what differs with each receive. */
const told = ({ attempt, attributes, group, id, receives, type, version }: Context) => ({
  attempt,
  attributes,
  group,
  id,
  receives,
  type,
  version,
})

describeEachBackend(
  'a handler cannot tell a message sent to its queue from one sent to a topic',
  ({ differs, test }) => {
    for (const { grouped, kind, known, queue, topic } of KINDS) {
      test(kind, differs(known), async ({ aws }) => {
        await apply(await plan(aws, [topic, queue]))
        await sendOrders(aws, queue)
        await sendOrders(aws, topic)
        const inbox = new Inbox<unknown>()
        const received: ReceivedMessage[] = []
        await using _consumer = await started(watching(aws, received), queue, {
          'order.paid': (payload, context) => inbox.add({ payload, ...told(context) }),
        })
        const common = { type: 'order.paid', group: grouped, attributes: { tenant: 'acme' }, attempt: 1, receives: 1 }
        const either = ['queue', 'topic'].flatMap((way) => [
          { ...common, id: `${way}-1`, version: 1, payload: { ...order, currency: 'EUR' } },
          { ...common, id: `${way}-2`, version: 2, payload: order },
        ])
        expect(new Set(await inbox.first(4))).toEqual(new Set(either))
        expect(received.map(({ attributes }) => attributes['traceparent'])).toEqual(
          either.map(() => ({ type: 'String', value: TRACEPARENT })),
        )
      })
    }
  },
)
