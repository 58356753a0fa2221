// Loaded before all else, as in production: the instrumentation patches the AWS SDK when that is loaded.
import { subscribe } from 'node:diagnostics_channel'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { AwsInstrumentation } from '@opentelemetry/instrumentation-aws-sdk'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Told } from './contracts.ts'

const exporter = new InMemorySpanExporter()
const calls: Told['calls'] = []
const requests: Told['requests'] = []

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
)
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
trace.setGlobalTracerProvider(provider)
const instrumentation = new AwsInstrumentation({
  preRequestHook(span, { request: { commandInput, commandName } }) {
    const entries: unknown = commandInput['Entries'] ?? commandInput['PublishBatchRequestEntries']
    const messages = Array.isArray(entries) ? entries.length : undefined
    calls.push({ command: commandName, messages, traced: span.isRecording() })
  },
})
instrumentation.setTracerProvider(provider)

// what instrumentation-undici does with each request: a span of the context in which it is made, and its propagation
subscribe('undici:request:create', () => {
  const span = provider.getTracer('undici').startSpan('POST')
  const headers = {}
  propagation.inject(trace.setSpan(context.active(), span), headers)
  requests.push({ traced: span.isRecording(), headers: Object.keys(headers) })
  span.end()
})

/** What there is to say so far. */
export const tell = (): Told => ({
  spans: exporter.getFinishedSpans().map((span) => {
    const { spanId, traceId, traceState } = span.spanContext()
    const tracestate = traceState?.serialize()
    return {
      tracer: span.instrumentationScope.name,
      name: span.name,
      trace: { traceparent: `00-${traceId}-${spanId}-01`, ...(tracestate && { tracestate }) },
    }
  }),
  calls,
  requests,
})
