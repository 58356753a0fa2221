import {
  type Backoff,
  checkKeys,
  type Duration,
  integerOption,
  type Listeners,
  milliseconds,
  OptionsError,
  quote,
  wholeSeconds,
} from '@waybill/core'
import type { AnyQueue } from '@waybill/schema'
import { VISIBILITY_SECONDS, WAIT_SECONDS } from '@waybill/sqs'
import { type ConsumerEvents, EVENT_NAMES } from './events.ts'
import type { Middleware } from './middleware.ts'
import type { ConsumerOptions, ResolvedIdempotency, ResolvedOptions } from './options.ts'
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
  checkListeners(options.on ?? {})
  return Object.freeze({
    handlers,
    middleware,
    concurrency,
    groupConcurrency: groupConcurrency(queue, options.groupConcurrency),
    rateLimit: rateLimit(options.rateLimit, handlers),
    capacity: concurrency * largest,
    heldBound,
    parkedBound: Math.max(heldBound / 2, PARKED),
    backoff: backoff(options.backoff),
    retryIn: retryIn(options.retryIn),
    idempotency: idempotency(options.idempotency),
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

function atMost(name: string, value: Duration, bound: number, whose: string): number {
  const ms = milliseconds(value, name)
  if (ms > bound) throw new OptionsError(`${name}: '${value}' is over ${whose}.`)
  return ms
}

function checkMiddleware(use: readonly Middleware[]): void {
  if (!Array.isArray(use)) throw new OptionsError(`use: ${quote(use)} is not a list. Write use: [middleware(…)].`)
  const odd: unknown = use.find((each) => typeof each !== 'function')
  if (odd === undefined) return
  throw new OptionsError(`use: ${quote(odd)} is not a middleware. Write middleware(async (delivery, next) => …).`)
}

function checkListeners(on: Listeners<ConsumerEvents>): void {
  checkKeys(on, EVENT_NAMES, 'on')
  for (const [name, listener] of Object.entries<unknown>(on)) if (listener !== undefined) checkListener(name, listener)
}

export function checkListener(name: string, listener: unknown): void {
  checkKeys({ [name]: listener }, EVENT_NAMES, 'on')
  if (typeof listener === 'function') return
  throw new OptionsError(`on.${name}: ${quote(listener)} is not a function. Write ${name}: (event) => …`)
}

function groupConcurrency({ fifo, name }: AnyQueue, limit: number | undefined): number | undefined {
  if (limit === undefined) return undefined
  if (fifo)
    throw new OptionsError(
      `groupConcurrency: queue '${name}' is FIFO, where one message of a group is handled at a time. Leave it out.`,
    )
  return integerOption('groupConcurrency', limit, 1, 1_000)
}

function rateLimit(
  limit: ConsumerOptions<AnyQueue>['rateLimit'],
  handlers: ResolvedOptions['handlers'],
): ResolvedOptions['rateLimit'] {
  if (limit === undefined) return undefined
  checkKeys(limit, ['max', 'per'], 'rateLimit')
  const max = integerOption('rateLimit.max', limit.max, 1, 10_000)
  const per = atMost('rateLimit.per', limit.per, HOUR, `'1h': write a rate for a shorter time`)
  if (per < 10) throw new OptionsError(`rateLimit.per: '${limit.per}' is under '10ms': write a rate for a longer time.`)
  for (const [type, { batch }] of handlers) {
    if (batch && batch.size > max)
      throw new OptionsError(
        `rateLimit.max: ${max} is under handlers['${type}'].batch.size ${batch.size}: such a batch could never start. Raise one or lower the other.`,
      )
  }
  return { max, per }
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

const METHODS = ['begin', 'finish', 'release'] as const

function idempotency(given: ConsumerOptions<AnyQueue>['idempotency']): ResolvedIdempotency | undefined {
  if (given === undefined) return undefined
  if ('begin' in given)
    throw new OptionsError('idempotency: that is the store itself. Write idempotency: { store: … }.')
  checkKeys(given, ['store', 'key', 'keep'], 'idempotency')
  const { store } = given
  const missing = METHODS.find((name) => typeof store?.[name] !== 'function')
  if (missing)
    throw new OptionsError(
      `idempotency.store: ${quote(store)} has no ${missing}(). Write memoryStore(), or an object with ${METHODS.join(', ')}.`,
    )
  if (given.key !== undefined && typeof given.key !== 'function')
    throw new OptionsError(
      `idempotency.key: ${quote(given.key)} is not a function. Write key: ({ payload }) => payload.orderId.`,
    )
  const keep = atMost('idempotency.keep', given.keep ?? '14d', 365 * 24 * HOUR, `'365d'`)
  if (keep < 60_000)
    throw new OptionsError(
      `idempotency.keep: '${given.keep}' is under '1m': a message may come again until its retention ends.`,
    )
  return { store, key: (delivery) => (given.key ? given.key(delivery) : delivery.id), keep }
}
