import {
  type Backoff,
  checkKeys,
  checkListeners,
  type Duration,
  integerOption,
  milliseconds,
  OptionsError,
  quote,
  wholeSeconds,
} from '@waybill/core'
import type { AnyQueue } from '@waybill/schema'
import { VISIBILITY_SECONDS, WAIT_SECONDS } from '@waybill/sqs'
import { EVENT_NAMES } from './events.ts'
import type { Middleware } from './middleware.ts'
import { atMost } from './at-most.ts'
import type { ConsumerOptions, ResolvedOptions } from './options.ts'
import { resolveIdempotency } from './resolve-idempotency.ts'
import { resolveGroupConcurrency, resolveRateLimit } from './resolve-limits.ts'
import { resolveHandlers } from './resolve-handlers.ts'
import type { RetryIn } from './retry-delay.ts'

const NAMES = [
  'handlers',
  'concurrency',
  'groupConcurrency',
  'rateLimit',
  'use',
  'on',
  'backoff',
  'retryIn',
  'idempotency',
  'unknownDelay',
  'waitTime',
  'stopTimeout',
]
const HOUR = 3_600_000
/** A lane that is handed back costs each of its messages a receive; one that is parked costs memory, and few requests. */
const PARKED = 1_000
const MOST = 'the most that SQS hides a message'

export function resolveOptions<Q extends AnyQueue>(
  queue: Q,
  options: ConsumerOptions<Q, readonly Middleware[]>,
): ResolvedOptions {
  checkKeys(options, NAMES, 'createConsumer')
  const { takes, visibilityTimeout } = queue['~definition']
  const concurrency = integerOption('concurrency', options.concurrency ?? 10, 1, 1_000)
  const handlers = resolveHandlers(queue.name, takes, options.handlers)
  const largest = Math.max(1, ...Array.from(handlers.values(), (handler) => handler.batch?.size ?? 1))
  const heldBound = concurrency * Math.max(10, largest)
  const middleware = options.use ?? []
  checkMiddleware(middleware)
  checkListeners(options.on ?? {}, EVENT_NAMES)
  return Object.freeze({
    handlers,
    middleware,
    concurrency,
    groupConcurrency: resolveGroupConcurrency(queue, options.groupConcurrency),
    rateLimit: resolveRateLimit(options.rateLimit, handlers),
    capacity: concurrency * largest,
    heldBound,
    parkedBound: Math.max(heldBound / 2, PARKED),
    backoff: backoff(options.backoff),
    retryIn: retryIn(options.retryIn),
    idempotency: resolveIdempotency(options.idempotency),
    unknownDelay: 1_000 * wholeSeconds(options.unknownDelay ?? '5m', 'unknownDelay', 1, VISIBILITY_SECONDS, MOST),
    waitTime: wholeSeconds(
      options.waitTime ?? '20s',
      'waitTime',
      1,
      WAIT_SECONDS,
      'the longest that SQS waits; without waiting, polls would spin',
    ),
    visibilityTimeout,
    stopTimeout: stopTimeout(options.stopTimeout ?? '25s', 'stopTimeout'),
  })
}

export function stopTimeout(value: Duration, name: string): number {
  return atMost(name, value, 12 * HOUR, `'12h', the longest that SQS hides a message`)
}

function checkMiddleware(use: readonly Middleware[]): void {
  if (!Array.isArray(use)) throw new OptionsError(`use: ${quote(use)} is not a list. Write use: [middleware(…)].`)
  const odd: unknown = use.find((each) => typeof each !== 'function')
  if (odd === undefined) return
  throw new OptionsError(`use: ${quote(odd)} is not a middleware. Write middleware(async (delivery, next) => …).`)
}

function backoff(given: { first?: Duration | undefined; max?: Duration | undefined } = {}): Backoff {
  checkKeys(given, ['first', 'max'], 'backoff')
  const first = milliseconds(given.first ?? '10s', 'backoff.first')
  const max = atMost('backoff.max', given.max ?? '15m', 12 * HOUR, `'12h', the longest that SQS hides a message`)
  if (first > max)
    throw new OptionsError(
      `backoff: first '${given.first ?? '10s'}' is over max '${given.max ?? '15m'}'. Lower one or raise the other.`,
    )
  return { first, max, jitter: 0.5 }
}

function retryIn(given: RetryIn | undefined): RetryIn | undefined {
  if (given === undefined || typeof given === 'function') return given
  throw new OptionsError(`retryIn: ${quote(given)} is not a function. Write retryIn: (attempt) => '30s'.`)
}
