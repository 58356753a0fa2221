import {
  checkKeys,
  checkListeners,
  type Duration,
  integerOption,
  type Listeners,
  milliseconds,
  OptionsError,
  quote,
} from '@waybill/core'
import { EVENT_NAMES, type ProducerEvents } from './events.ts'

/** How a producer batches and how long it tries. `Type` is the message types that it may send. */
export interface ProducerOptions<Type extends string = string> {
  /**
   * How long a message may wait for company in its batch. Default `'5ms'`, at most `'10s'`. One that comes after a pause
   * of that length leaves with its turn of the event loop, as every one does with `'0ms'`.
   */
  readonly linger?: Duration | undefined
  /**
   * How long a message is tried before `send` rejects, `'1ms'` to `'1d'`. Default `'30s'`. A FIFO message whose answer was
   * lost is tried for 4 minutes at most: after 5, SQS and SNS no longer know it as a duplicate.
   */
  readonly timeout?: Duration | undefined
  /** Requests under way at once, 1 to 1,000. Default 8. Each has a connection of its own. */
  readonly maxInFlight?: number | undefined
  /**
   * What is held here, by messages and bytes, beyond which `sendMany` takes no more. Default 10,000 messages and 64 MiB
   * (67,108,864 bytes). A `send` counts too, but never waits for room: who calls many without awaiting them holds them.
   */
  readonly buffer?: { readonly messages?: number | undefined; readonly bytes?: number | undefined } | undefined
  /**
   * Contract versions to write instead of the newest, by type, while readers that don't know the newest are still
   * running. The payload must satisfy the older version too, or `send` rejects.
   */
  readonly write?: { readonly [T in Type]?: number | undefined } | undefined
  /** Listeners for good; `producer.on` adds more. */
  readonly on?: Listeners<ProducerEvents> | undefined
}

/** How long `close` may take. */
export interface CloseOptions {
  /** `'0ms'` to `'1d'`. Default: as long as the messages' own timeouts. */
  readonly timeout?: Duration | undefined
}

/** Milliseconds and counts, complete and checked. */
export interface ResolvedOptions {
  readonly linger: number
  readonly timeout: number
  readonly maxInFlight: number
  readonly bufferedMessages: number
  readonly bufferedBytes: number
  readonly write: ReadonlyMap<string, number>
}

const MAX_LINGER = 10_000
const MAX_TIMEOUT = 86_400_000
const ANY = Number.MAX_SAFE_INTEGER

export function resolveOptions(
  options: ProducerOptions,
  versions: ReadonlyMap<string, { readonly version: number }>,
): ResolvedOptions {
  checkKeys(options, ['linger', 'timeout', 'maxInFlight', 'buffer', 'write', 'on'], 'createProducer')
  const { linger = '5ms', timeout = '30s', maxInFlight = 8, buffer = {}, write = {}, on = {} } = options
  checkListeners(on, EVENT_NAMES)
  checkKeys(buffer, ['messages', 'bytes'], 'buffer')
  const { messages = 10_000, bytes = 67_108_864 } = buffer
  return Object.freeze({
    linger: resolveLinger(linger),
    timeout: resolveTimeout(timeout),
    maxInFlight: integerOption('maxInFlight', maxInFlight, 1, 1_000),
    bufferedMessages: integerOption('buffer.messages', messages, 1, ANY),
    bufferedBytes: integerOption('buffer.bytes', bytes, 1, ANY),
    write: resolveWrite(write, versions),
  })
}

/** A producer's or a single message's. */
export function resolveTimeout(timeout: Duration): number {
  const ms = milliseconds(timeout, 'timeout')
  if (ms >= 1 && ms <= MAX_TIMEOUT) return ms
  throw new OptionsError(`timeout: ${quote(timeout)} is not from '1ms' to '1d'. Write '30s' or so.`)
}

export function resolveCloseTimeout(options: CloseOptions): number | undefined {
  checkKeys(options, ['timeout'], 'close')
  if (options.timeout === undefined) return undefined
  const ms = milliseconds(options.timeout, 'timeout')
  if (ms <= MAX_TIMEOUT) return ms
  throw new OptionsError(`timeout: ${quote(options.timeout)} is over '1d'. Write '30s' or so, or leave it out.`)
}

function resolveLinger(linger: Duration): number {
  const ms = milliseconds(linger, 'linger', 'ms')
  if (ms <= MAX_LINGER) return ms
  throw new OptionsError(
    `linger: ${quote(linger)} is over '10s'. A lone message would wait that long: write '5ms' or so.`,
  )
}

function resolveWrite(
  write: Readonly<Record<string, number | undefined>>,
  versions: ReadonlyMap<string, { readonly version: number }>,
): ReadonlyMap<string, number> {
  checkKeys(write, [...versions.keys()], 'write')
  const resolved = new Map<string, number>()
  for (const [type, { version: newest }] of versions) {
    const version = write[type]
    if (version === undefined) continue
    resolved.set(type, integerOption(`write['${type}']`, version, 1, newest, 'the versions defined'))
  }
  return resolved
}
