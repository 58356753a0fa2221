import { checkKeys, integerOption, milliseconds, OptionsError, quote } from '@waybill/core'
import type { AnyMessage } from '@waybill/schema'
import { VISIBILITY_SECONDS } from '@waybill/sqs'
import type { Context } from './context.ts'
import type { Handler, HandlerOptions, InBatches, Item, OneByOne } from './handlers.ts'

type HandleBatch = InBatches<unknown, Context>['handleBatch']

/** Handlers with their options checked. Times are milliseconds. */
interface SingleHandler extends Limits {
  readonly handle: Handler<unknown>
  readonly batch?: undefined
}
export interface BatchHandler extends Limits {
  readonly batch: { readonly size: number; readonly wait: number; readonly handle: HandleBatch }
}
export type ResolvedHandler = SingleHandler | BatchHandler

interface Limits {
  readonly timeout: number | undefined
  readonly concurrency: number | undefined
}

export type BatchItem = Item<unknown>

/** Checks that there is one handler for each type, and each handler's options. */
export function resolveHandlers(
  queue: string,
  takes: ReadonlyMap<string, AnyMessage>,
  handlers: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, ResolvedHandler> {
  if (typeof handlers !== 'object' || handlers === null) {
    throw new OptionsError(
      `handlers: ${quote(handlers)} is no object with a handler for each of: ${[...takes.keys()].join(', ')}.`,
    )
  }
  const extra = Object.keys(handlers).find((type) => !takes.has(type))
  if (extra !== undefined) {
    throw new OptionsError(`handlers: queue '${queue}' takes no '${extra}'. It takes: ${[...takes.keys()].join(', ')}.`)
  }
  return new Map(Array.from(takes.keys(), (type) => [type, resolveHandler(queue, type, handlers[type])]))
}

function resolveHandler(queue: string, type: string, handler: unknown): ResolvedHandler {
  const name = `handlers['${type}']`
  if (isOneByOne(handler) && isInBatches(handler))
    throw new OptionsError(`${name} has both handle and handleBatch: write one of them.`)
  if (isHandler(handler)) return { handle: handler, timeout: undefined, concurrency: undefined }
  if (isOneByOne(handler)) {
    if ('batch' in handler)
      throw new OptionsError(`${name} has batch and handle: write handleBatch, or leave batch out.`)
    checkKeys(handler, ['handle', ...LIMITS], name)
    return { handle: handler.handle, ...limits(name, handler) }
  }
  if (isInBatches(handler)) {
    checkKeys(handler, ['batch', 'handleBatch', ...LIMITS], name)
    checkKeys(handler.batch, ['size', 'wait'], `${name}.batch`)
    const size = integerOption(`${name}.batch.size`, handler.batch.size, 1, 10_000)
    const wait = milliseconds(handler.batch.wait ?? '1s', `${name}.batch.wait`)
    atMost12h(`${name}.batch.wait`, handler.batch.wait, wait)
    return { batch: { size, wait, handle: handler.handleBatch }, ...limits(name, handler) }
  }
  const problem = handler === undefined ? 'is missing' : `is ${quote(handler)}`
  throw new OptionsError(
    `${name} ${problem}: queue '${queue}' takes that type. Write a function, { handle } or { batch: { size }, handleBatch }.`,
  )
}

const LIMITS = ['timeout', 'concurrency'] as const

function limits(name: string, { timeout, concurrency }: HandlerOptions): Limits {
  const ms = timeout === undefined ? undefined : milliseconds(timeout, `${name}.timeout`)
  if (ms === 0) throw new OptionsError(`${name}.timeout: '${timeout}' leaves no time to handle anything.`)
  if (ms !== undefined) atMost12h(`${name}.timeout`, timeout, ms)
  return {
    timeout: ms,
    concurrency: concurrency === undefined ? undefined : integerOption(`${name}.concurrency`, concurrency, 1, 1_000),
  }
}

function atMost12h(name: string, value: unknown, ms: number): void {
  if (ms <= VISIBILITY_SECONDS * 1_000) return
  throw new OptionsError(`${name}: ${quote(value)} is over '12h', the longest that SQS hides a message.`)
}

function isHandler(value: unknown): value is Handler<unknown> {
  return typeof value === 'function'
}

function isOneByOne(value: unknown): value is OneByOne<unknown, Context> {
  return typeof value === 'object' && value !== null && 'handle' in value && typeof value.handle === 'function'
}

function isInBatches(value: unknown): value is InBatches<unknown, Context> {
  if (typeof value !== 'object' || value === null) return false
  return (
    'handleBatch' in value &&
    typeof value.handleBatch === 'function' &&
    'batch' in value &&
    typeof value.batch === 'object' &&
    value.batch !== null
  )
}
