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
import type { HandlersOf } from './handlers.ts'
import { type ResolvedHandler, resolveHandlers } from './resolve-handlers.ts'
import type { Additions, Middleware } from './middleware.ts'

/** How a consumer works on its queue. */
export interface ConsumerOptions<Q extends AnyQueue, Us extends readonly Middleware[] = []> {
  /** One handler for each type that the queue takes. */
  readonly handlers: HandlersOf<Q, Additions<Us>>
  /** Handlers (or batches) that run at once. Default 10, from 1 to 1,000. */
  readonly concurrency?: number | undefined
  /** Wraps every handler, the first outermost. */
  readonly use?: Us | undefined
  readonly on?: Listeners<ConsumerEvents> | undefined
  /** The delay after a failed attempt: `first` (default `'10s'`), doubled each time, at most `max` (default `'15m'`), half of it random. */
  readonly backoff?: { readonly first?: Duration | undefined; readonly max?: Duration | undefined } | undefined
  /** For how long a message of an unknown type or a newer version is released. Default `'5m'`, up to half of it random. */
  readonly unknownDelay?: Duration | undefined
  /** How long a poll waits for messages: whole seconds from `'1s'` to SQS's `'20s'`, which is the default and the cheapest. A stop waits for the open poll. */
  readonly waitTime?: Duration | undefined
  /** How long a stop may take, when a signal asks for it or `stop()` says nothing else. Default `'25s'`. */
  readonly stopTimeout?: Duration | undefined
}

/** Milliseconds, seconds and counts, complete and checked. */
export interface ResolvedOptions {
  readonly handlers: ReadonlyMap<string, ResolvedHandler>
  readonly middleware: readonly Middleware[]
  readonly concurrency: number
  /** Deliveries (standard) or lanes (FIFO) that may wait or run at once. */
  readonly capacity: number
  /** All deliveries that may be held, parked and settling ones included. */
  readonly heldBound: number
  readonly backoff: Backoff
  /** Milliseconds. */
  readonly unknownDelay: number
  /** Seconds. */
  readonly waitTime: number
  /** Seconds. */
  readonly visibilityTimeout: number
  /** Milliseconds. */
  readonly stopTimeout: number
}

const NAMES = ['handlers', 'concurrency', 'use', 'on', 'backoff', 'unknownDelay', 'waitTime', 'stopTimeout']
const HOUR = 3_600_000

export function resolveOptions<Q extends AnyQueue>(
  queue: Q,
  options: ConsumerOptions<Q, readonly Middleware[]>,
): ResolvedOptions {
  checkKeys(options, NAMES, 'createConsumer')
  const { takes, visibilityTimeout } = queue['~definition']
  const concurrency = integerOption('concurrency', options.concurrency ?? 10, 1, 1_000)
  const handlers = resolveHandlers(queue.name, takes, options.handlers)
  const largest = Math.max(1, ...Array.from(handlers.values(), (handler) => handler.batch?.size ?? 1))
  const middleware = options.use ?? []
  checkMiddleware(middleware)
  checkListeners(options.on ?? {})
  return Object.freeze({
    handlers,
    middleware,
    concurrency,
    capacity: concurrency * largest,
    heldBound: concurrency * Math.max(10, largest),
    backoff: resolveBackoff(options.backoff),
    unknownDelay:
      1_000 *
      wholeSeconds(
        options.unknownDelay ?? '5m',
        'unknownDelay',
        1,
        VISIBILITY_SECONDS,
        'the most that SQS hides a message',
      ),
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
  const ms = milliseconds(value, name)
  if (ms > 12 * HOUR) throw new OptionsError(`${name}: '${value}' is over '12h', the longest that SQS hides a message.`)
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
  for (const [name, listener] of Object.entries<unknown>(on)) {
    if (listener === undefined || typeof listener === 'function') continue
    throw new OptionsError(`on.${name}: ${quote(listener)} is not a function. Write ${name}: (event) => …`)
  }
}

function resolveBackoff(backoff: { first?: Duration | undefined; max?: Duration | undefined } = {}): Backoff {
  checkKeys(backoff, ['first', 'max'], 'backoff')
  const { first = '10s', max = '15m' } = backoff
  return checkedBackoff(first, max)
}

function checkedBackoff(first: Duration, max: Duration): Backoff {
  const backoff = { first: milliseconds(first, 'backoff.first'), max: milliseconds(max, 'backoff.max'), jitter: 0.5 }
  if (backoff.max > 12 * HOUR)
    throw new OptionsError(`backoff.max: '${max}' is over '12h', the longest that SQS hides a message.`)
  if (backoff.first > backoff.max)
    throw new OptionsError(`backoff: first '${first}' is over max '${max}'. Lower one or raise the other.`)
  return backoff
}
