import { AsyncLocalStorage } from 'node:async_hooks'
import { checkKeys, type Duration, OptionsError, quote, wholeSeconds } from '@waybill/core'
import { VISIBILITY_SECONDS } from '@waybill/sqs'

/** The message is handled: it is deleted. Returning nothing means the same. */
export interface Done {
  readonly outcome: 'done'
}
/** The message is to be handled again. */
export interface Retry {
  readonly outcome: 'retry'
  readonly delay: Duration | undefined
  readonly reason: string | undefined
}
/** The message is to be moved to the dead-letter queue. */
export interface DeadLetter {
  readonly outcome: 'dead-letter'
  readonly reason: string
}
/** How a delivery may end, as a handler or middleware returns it. */
export type Outcome = Done | Retry | DeadLetter

/** One run of a handler. */
export interface Run {
  /** The last outcome made during it, in case its `return` was forgotten. */
  made: Outcome | undefined
  /** Whether the middleware has run for nothing: the batch was not handled. */
  unhandled: boolean
}

/** Knows the handler's run wherever `retry()` or `deadLetter()` is called during it. */
export const runs = new AsyncLocalStorage<Run>()

/**
 * A value for a handler to return: handle this message again, after `delay` (whole seconds up to `'12h'`, SQS's bound;
 * default: the consumer's back-off). It counts as an attempt.
 *
 * @throws {OptionsError} when an option is not one, or the delay not such a duration.
 * @example
 * 'receipt.send': async (receipt) => (await mailer.isDown()) ? retry({ delay: '1m' }) : mailer.send(receipt)
 */
export function retry(
  options: { readonly delay?: Duration | undefined; readonly reason?: string | undefined } = {},
): Retry {
  checkKeys(options, ['delay', 'reason'], 'retry')
  const outcome: Retry = { outcome: 'retry', delay: options.delay, reason: options.reason }
  checkDelay(outcome)
  return made(outcome)
}

/** Outcomes may be made by hand, and the type of a duration admits `'1e3s'`. */
export function checkDelay(outcome: Outcome): void {
  if (outcome.outcome !== 'retry' || outcome.delay === undefined) return
  wholeSeconds(outcome.delay, 'retry delay', 0, VISIBILITY_SECONDS, 'the most that SQS hides a message')
}

/**
 * A value for a handler to return: this message can never be handled; move it to the dead-letter queue now. Without a
 * dead-letter queue it is kept and comes again after the longest back-off.
 *
 * @throws {OptionsError} when there is no reason: whoever reads the dead-letter queue needs one.
 */
export function deadLetter(reason: string): DeadLetter {
  if (typeof reason !== 'string' || reason === '') {
    throw new OptionsError(`deadLetter: ${quote(reason)} is no reason. Write why the message can't be handled.`)
  }
  return made({ outcome: 'dead-letter', reason })
}

export const DONE: Done = { outcome: 'done' }

export function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null || !('outcome' in value)) return false
  return value.outcome === 'done' || value.outcome === 'retry' || value.outcome === 'dead-letter'
}

/** What looks like an outcome and is none must not pass for done. */
export function checkMeant(value: unknown): void {
  if (typeof value !== 'object' || value === null || !('outcome' in value)) return
  throw new TypeError(
    `The handler returned the outcome ${quote(value.outcome)}. Write retry(), deadLetter() or nothing.`,
  )
}

function made<O extends Outcome>(outcome: O): O {
  const run = runs.getStore()
  if (run) run.made = outcome
  return outcome
}
