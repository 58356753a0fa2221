import {
  type Context,
  context,
  type ContextManager,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
} from '@opentelemetry/api'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createProducer } from '@waybill/producer'
import { VirtualClock } from '@waybill/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { notes } from './support/contracts.ts'

const SPAN = createContextKey('the span of this test')
const traceparent = (span: number) => `00-0af7651916cd43dd8448eb211c80319c-000000000000000${span}-01`

const active = new AsyncLocalStorage<Context>()
const manager: ContextManager = {
  active: () => active.getStore() ?? ROOT_CONTEXT,
  with: (inner, run, self, ...args) => active.run(inner, () => Reflect.apply(run, self, args)),
  bind: (_context, target) => target,
  enable: () => manager,
  disable: () => manager,
}

beforeAll(() => {
  context.setGlobalContextManager(manager)
  propagation.setGlobalPropagator({
    inject(from, carrier, setter) {
      const span = from.getValue(SPAN)
      if (typeof span === 'number') setter.set(carrier, 'traceparent', traceparent(span))
      if (span === 2) setter.set(carrier, 'tracestate', 'vendor=1')
    },
    extract: (from) => from,
    fields: () => ['traceparent', 'tracestate'],
  })
})
afterAll(() => {
  context.disable()
  propagation.disable()
})

test('a message bears the trace context of its send, not that of the call which it leaves in', async () => {
  await using aws = await account([notes], { clock: new VirtualClock() })
  await using producer = createProducer(aws, notes, { linger: '1s' })
  const sendIn = (span: number) =>
    context.with(context.active().setValue(SPAN, span), () => producer.send('note', { n: span }))
  const sends = [producer.send('note', { n: 0 }), sendIn(1), sendIn(2)]
  await context.with(context.active().setValue(SPAN, 9), () => producer.flush())
  await Promise.all(sends)
  const traces = aws.contents(notes).visible.map(({ body, attributes: { traceparent: parent, tracestate } }) => {
    return [body, parent, tracestate]
  })
  expect(traces).toEqual([
    ['{"n":0}', undefined, undefined],
    ['{"n":1}', traceparent(1), undefined],
    ['{"n":2}', traceparent(2), 'vendor=1'],
  ])
})
