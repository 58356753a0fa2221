import {
  type Context,
  context,
  type ContextManager,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
} from '@opentelemetry/api'
import { systemClock } from '@waybill/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { captureTrace } from '../src/index.ts'
import { apiCall } from '../src/api-call.ts'

/** Enough of a context manager for code that does not wait. */
class StackContextManager implements ContextManager {
  readonly #stack: Context[] = []
  active() {
    return this.#stack.at(-1) ?? ROOT_CONTEXT
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    inner: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    this.#stack.push(inner)
    try {
      return Reflect.apply(run, self, args)
    } finally {
      this.#stack.pop()
    }
  }
  bind<T>(_context: Context, target: T): T {
    return target
  }
  enable() {
    return this
  }
  disable() {
    return this
  }
}

const TRACE = createContextKey('the trace of this test')
const propagator: TextMapPropagator<Record<string, string>> = {
  inject(from, carrier) {
    const trace = from.getValue(TRACE)
    if (typeof trace === 'string')
      Object.assign(carrier, { traceparent: trace, tracestate: 'a=b', baggage: 'secret=1' })
  },
  extract: (from) => from,
  fields: () => ['traceparent', 'tracestate', 'baggage'],
}

beforeEach(() => {
  context.setGlobalContextManager(new StackContextManager())
  propagation.setGlobalPropagator(propagator)
})
afterEach(() => {
  context.disable()
  propagation.disable()
})

describe('the trace context', () => {
  test('is that of the sender at the time, without its baggage', () => {
    const sender = context.active().setValue(TRACE, '00-a-b-01')
    expect(context.with(sender, captureTrace)).toEqual({ traceparent: '00-a-b-01', tracestate: 'a=b' })
  })

  test('is empty where nobody traces', () => {
    expect(captureTrace()).toEqual({})
    propagation.disable()
    expect(captureTrace()).toEqual({})
  })
})

test('calls of the SDK run where OpenTelemetry does not trace, in the context they came from', async () => {
  // the key that tracers of @opentelemetry/core look for
  const suppressed = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')
  const what = { service: 'sqs', call: 'SendMessageBatch', target: "queue 'receipts'" } as const
  const call = () => apiCall(systemClock, { timeout: 5_000 }, what, async () => context.active())
  const seen = await context.with(context.active().setValue(TRACE, 't'), call)
  expect(seen.getValue(suppressed)).toBe(true)
  expect(seen.getValue(TRACE)).toBe('t')
  expect(context.active().getValue(suppressed)).toBeUndefined()
})
