import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'

// The key that @opentelemetry/core's suppressTracing sets and tracers look for.
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/**
 * Runs a call of the AWS SDK unseen by OpenTelemetry's auto-instrumentation, which would write the flusher's span over the
 * `traceparent` that a message brought from its sender.
 */
export function suppressTracing<Result>(run: () => Result): Result {
  const active = context.active()
  return context.with(active === ROOT_CONTEXT ? SUPPRESSED_ROOT : suppressed(active), run)
}

const suppressed = (active: Context) => active.setValue(SUPPRESS_TRACING, true)
/** Where nobody traces, the same for each call. */
const SUPPRESSED_ROOT = suppressed(ROOT_CONTEXT)
