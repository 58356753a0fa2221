import { checkKeys, type Duration, OptionsError, quote, wholeSeconds } from '@waybill/core'
import { type AnyAttributes, type AnyMessage, encodeAttributes, type FreeAttributes } from '@waybill/schema'
import { checkOwnAttributes, DELAY_SECONDS, GROUP_ID } from '@waybill/sqs'
import { newId } from './new-id.ts'
import { resolveTimeout } from './options.ts'
import type { Target } from './target.ts'

/**
 * What may be said of one message. `Own`: its attributes, when its contract declares them; then they must be given if one of
 * them is required.
 */
export type SendOptions<Own = FreeAttributes> = CommonOptions & AttributesOption<Own>

interface CommonOptions {
  /**
   * The message's id, when the caller has one that survives its own retries: 1 to 128 visible ASCII characters. Default: a
   * new UUIDv7. Without `deduplicate`, a FIFO queue or topic drops a second message of the same id within 5 minutes: in the
   * same group, or with `throughput: 'standard'` in any.
   */
  readonly id?: string | undefined
  /** Hidden for that long first: whole seconds up to `'15m'` (SQS's bound); standard queues only. */
  readonly delay?: Duration | undefined
  /** How long this message is tried, `'1ms'` to `'1d'`. Default: the producer's. */
  readonly timeout?: Duration | undefined
  /** Gives the message up: `send` rejects, and it is not tried again. */
  readonly signal?: AbortSignal | undefined
}

type AttributesOption<Own> =
  NeedsOptions<Own> extends true
    ? {
        /** Attributes of your own, as the contract declares them. */
        readonly attributes: Own
      }
    : {
        /** Up to four attributes of your own: SQS allows ten, Waybill keeps six. */
        readonly attributes?: Own | undefined
      }

/** `true` when one of the attributes is required, and so the options are; else `false`. */
export type NeedsOptions<Own> = true extends (Own extends unknown ? ({} extends Own ? false : true) : never)
  ? true
  : false

/** Options whose types are forgotten. */
export type AnySendOptions = SendOptions<AnyAttributes>

/** Seconds and milliseconds, checked. */
export interface ResolvedSendOptions {
  readonly id: string
  readonly delay: number | undefined
  /** Undefined: the producer's. */
  readonly timeout: number | undefined
  readonly signal: AbortSignal | undefined
}

/** The options that all messages of a `sendMany` may share. */
export const SHARED_OPTIONS = ['delay', 'timeout', 'attributes', 'signal'] as const

/** The options of one message. */
export const MESSAGE_OPTIONS = ['id', ...SHARED_OPTIONS]

/** A message's own options, and for what it leaves undefined, those of all. */
export function ownOrShared(own: AnySendOptions, shared: AnySendOptions): AnySendOptions {
  checkNames(own)
  return { ...shared, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) }
}

/** Attributes of a message's own, as they travel. */
export function resolveAttributes(message: AnyMessage, given: AnyAttributes = NO_ATTRIBUTES): FreeAttributes {
  const attributes = encodeAttributes(message, given)
  checkOwnAttributes(attributes)
  return attributes
}

const NO_ATTRIBUTES = {}

/** All but the attributes, which each contract has its own word on. */
export function resolveCommonOptions(target: Target, options: AnySendOptions): ResolvedSendOptions {
  checkNames(options)
  const { id, delay, timeout, signal } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionsError(`signal: ${quote(signal)} is not an AbortSignal. Write controller.signal.`)
  }
  return {
    id: id === undefined ? newId() : checkedId(id),
    delay: delay === undefined ? undefined : resolveDelay(target, delay),
    timeout: timeout === undefined ? undefined : resolveTimeout(timeout),
    signal,
  }
}

const checkNames = (options: AnySendOptions) => checkKeys(options, MESSAGE_OPTIONS, 'send')

function checkedId(id: unknown): string {
  if (typeof id === 'string' && GROUP_ID.test(id)) return id
  throw new OptionsError(
    `id: ${quote(id)} is not a string of 1 to 128 visible ASCII characters. Leave it out for a new UUID.`,
  )
}

function resolveDelay({ kind, fifo, label }: Target, delay: Duration): number {
  const refuse = (why: string) => new OptionsError(`delay: ${quote(delay)} on ${label}, but ${why}`)
  if (kind === 'topic') throw refuse('SNS delays nothing. Leave it out, or send to a queue.')
  if (fifo) throw refuse('SQS delays no single message of a FIFO queue. Leave it out.')
  return wholeSeconds(delay, 'delay', 0, DELAY_SECONDS, 'the most that SQS delays')
}
