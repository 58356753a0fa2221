import { type Backoff, backoffDelay, type Clock, type Duration, wholeSeconds } from '@waybill/core'
import { type Logger, VISIBILITY_SECONDS } from '@waybill/sqs'

/** An attempt that has failed. */
export interface Failure {
  readonly type: string
  readonly id: string
  /** What the handler threw; undefined when it returned `retry()`. */
  readonly error: Error | undefined
  /** Of `retry({ reason })`. */
  readonly reason: string | undefined
}

/** How long to wait after attempt number `attempt`, from 1; undefined: as the back-off says. */
export type RetryIn = (attempt: number, failure: Failure) => Duration | undefined

/** Milliseconds until the next attempt. What `retryIn` can't say, the back-off does. */
export function retryDelay(
  { backoff, retryIn }: { readonly backoff: Backoff; readonly retryIn: RetryIn | undefined },
  clock: Clock,
  log: Logger,
): (attempt: number, failure: Failure) => number {
  const byBackoff = (attempt: number) => backoffDelay(backoff, attempt, clock.random)
  if (!retryIn) return byBackoff
  return (attempt, failure) => {
    try {
      const delay = retryIn(attempt, failure)
      if (delay === undefined) return byBackoff(attempt)
      return wholeSeconds(delay, 'retryIn', 0, VISIBILITY_SECONDS, 'the most that SQS hides a message') * 1_000
    } catch (error) {
      log.error({ err: error, attempt, type: failure.type }, 'retryIn gave no delay; the back-off is used')
      return byBackoff(attempt)
    }
  }
}
