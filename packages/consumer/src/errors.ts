import { inspect } from 'node:util'
import { WaybillError } from '@waybill/core'

/** The visibility timeout ended before the handler: somebody else may have the message. The handler's signal aborts with it. */
export class LeaseLostError extends WaybillError<'lease-lost'> {
  constructor(message: string, options?: ErrorOptions) {
    super('lease-lost', message, options)
  }
}

/** The handler's `timeout` is over. The handler's signal aborts with it. */
export class HandlerTimeoutError extends WaybillError<'handler-timeout'> {
  constructor(type: string, ms: number) {
    super('handler-timeout', `The handler of ${type} did not end within its timeout of ${ms} ms.`)
  }
}

/**
 * For a handler to throw: this message can never be handled. It is moved to the dead-letter queue at once, as if the handler
 * had returned `deadLetter(message)`. In a batch of several a throw can't say which item it means: all are tried again.
 *
 * @example
 * const order = await orders.find(orderId).catch((cause) => { throw new NonRetryableError('no such order', { cause }) })
 */
export class NonRetryableError extends WaybillError<'non-retryable'> {
  constructor(message: string, options?: ErrorOptions) {
    super('non-retryable', message, options)
  }
}

/** The consumer's state does not allow the call, or its stop ran out of time. */
export class ConsumerError extends WaybillError<'stopped' | 'stopping' | 'not-running'> {}

/** What a handler threw, as an Error: some throw texts or plain objects. */
export function thrownError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  const text = inspect(thrown, { breakLength: Infinity, depth: 1 }).slice(0, 200)
  return new Error(`The handler threw ${text}, which is not an Error. Throw an Error, so that its stack is kept.`, {
    cause: thrown,
  })
}
