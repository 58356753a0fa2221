import { context, propagation } from '@opentelemetry/api'

/** The W3C trace context of whoever sent a message. */
export interface Trace {
  readonly traceparent?: string
  readonly tracestate?: string
}

/** The trace context that is active here and now; empty when nobody traces. Call it at `send`, not at flush. */
export function captureTrace(): Trace {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return traceOf((name) => carrier[name])
}

/** Takes the two fields of a trace context, where they are. */
export function traceOf(get: (name: 'traceparent' | 'tracestate') => string | undefined): Trace {
  const traceparent = get('traceparent')
  const tracestate = get('tracestate')
  if (!traceparent && !tracestate) return NO_TRACE
  return { ...(traceparent && { traceparent }), ...(tracestate && { tracestate }) }
}

const NO_TRACE: Trace = {}
