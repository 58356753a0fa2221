import { type Clock, onAbort } from '@waybill/core'
import type { ApiOptions } from './aws-api.ts'
import { UNANSWERED } from './aws-code.ts'
import type { Call } from './ports.ts'
import type { SqsError } from './sqs-error.ts'
import { suppressTracing } from './suppress-tracing.ts'
import { errorOf, type What } from './error-text.ts'
import { toSqsError } from './to-sqs-error.ts'

/** One call of AWS's API under its deadline. Rejects with an {@link SqsError}, whatever is thrown. */
export async function apiCall<Output>(
  clock: Clock,
  call: Call,
  what: What,
  run: (options: ApiOptions & { readonly abortSignal: AbortSignal }) => Promise<Output>,
): Promise<Output> {
  if (call.signal?.aborted) throw abortedError(what, false)
  const controller = new AbortController()
  const cut = Promise.withResolvers<never>()
  const cutWith = (error: SqsError) => {
    cut.reject(error)
    controller.abort()
  }
  const timer = clock.after(call.timeout, () => cutWith(timeoutError(what, call.timeout)))
  const stopListening = call.signal && onAbort(call.signal, () => cutWith(abortedError(what, true)))
  try {
    // the race cuts what the SDK's own signal doesn't reach, such as a look-up of credentials
    return await Promise.race([cut.promise, suppressTracing(() => run({ abortSignal: controller.signal }))])
  } catch (error) {
    throw toSqsError(error, what)
  } finally {
    timer.cancel()
    stopListening?.()
  }
}

function timeoutError(what: What, timeout: number): SqsError {
  return errorOf(UNANSWERED, `had no answer within ${timeout / 1_000} s`, what)
}

function abortedError(what: What, unknown: boolean): SqsError {
  return errorOf({ code: 'aborted', verdict: 'never', unknown }, 'was called off', what)
}
