import { checkKeys, integerOption, isDictionary, OptionsError, quote } from '@waybill/core'
import { SendError } from './send-error.ts'
import type { SendManyOptions, SendResult, SendResults } from './send-many-types.ts'
import {
  type AnySendOptions,
  MESSAGE_OPTIONS,
  ownOrShared,
  resolveCommonOptions,
  SHARED_OPTIONS,
} from './send-options.ts'
import type { Sent } from './sent.ts'
import type { Target } from './target.ts'

/** Adds a message when there is room, which `onAdded` tells, and resolves once it is accepted. */
type Send = (type: string, payload: unknown, options: AnySendOptions, onAdded: () => void) => Promise<Sent>

interface AnySending {
  readonly type: string
  readonly payload: unknown
  readonly options?: AnySendOptions | undefined
}

interface UnderWay<Message> {
  readonly result: Promise<SendResult<Message>>
  /** Resolves when it is added, or has failed before. */
  readonly added: Promise<unknown>
  settled: boolean
}

export function sendMany<Message extends AnySending>(
  target: Target,
  send: Send,
  messages: Iterable<Message> | AsyncIterable<Message>,
  options: SendManyOptions = {},
): SendResults<Message> {
  checkIterable(messages)
  checkKeys(options, ['window', ...SHARED_OPTIONS], 'sendMany')
  const { window: size = 1_000, ...shared } = options
  integerOption('window', size, 1, Number.MAX_SAFE_INTEGER)
  resolveCommonOptions(target, shared)
  const progress = { taken: 0, sent: 0, failed: 0 }
  let closed = false

  /** Never rejects, so that an outcome which nobody takes any more is no unhandled rejection. */
  async function outcome(message: Message, onAdded: () => void): Promise<SendResult<Message>> {
    progress.taken++
    try {
      checkMessage(message)
      const { type, payload, options: own = {} } = message
      const sent = await send(type, payload, ownOrShared(own, shared), onAdded)
      progress.sent++
      return { message, ok: true, ...sent }
    } catch (error) {
      progress.failed++
      closed ||= error instanceof SendError && error.code === 'closed'
      return { message, ok: false, id: error instanceof SendError ? error.id : undefined, error }
    }
  }

  function underWay(message: Message): UnderWay<Message> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const result = outcome(message, resolve)
    const sending = { result, added: Promise.race([promise, result]), settled: false }
    void result.then(() => (sending.settled = true))
    return sending
  }

  async function* outcomes(): AsyncGenerator<SendResult<Message>> {
    const window: UnderWay<Message>[] = []
    let broken: { readonly error: unknown } | undefined
    let telling = false
    try {
      for await (const message of messages) {
        const sending = underWay(message)
        window.push(sending)
        await sending.added
        telling = true
        yield* take(window, (first) => first.settled || window.length >= size)
        telling = false
        if (closed || shared.signal?.aborted) break
      }
    } catch (error) {
      // The loop was left, and closing the iterable failed: nobody is there to be told more.
      if (telling) throw error
      // What the iterable gave before it threw is under way, and its outcomes are still to be told.
      broken = { error }
    }
    yield* take(window, () => true)
    if (broken) throw broken.error
  }

  const results = outcomes()
  return { progress, [Symbol.asyncIterator]: () => results }
}

/** Takes from the front as long as that one is due. */
async function* take<Message>(
  window: UnderWay<Message>[],
  isDue: (first: UnderWay<Message>) => boolean,
): AsyncGenerator<SendResult<Message>> {
  for (let [first] = window; first && isDue(first); [first] = window) {
    yield await first.result
    window.shift()
  }
}

function checkIterable(messages: unknown): void {
  if (
    typeof messages === 'object' &&
    messages !== null &&
    (Symbol.iterator in messages || Symbol.asyncIterator in messages)
  )
    return
  throw new OptionsError(
    `sendMany: ${quote(messages)} is not an iterable of messages. Write [{ type, payload }, …], or a generator of them.`,
  )
}

function checkMessage(message: unknown): void {
  if (!isDictionary(message) || !('type' in message))
    throw new OptionsError(`sendMany: the iterable gave ${quote(message)}, no message. Give { type, payload }.`)
  const stray = MESSAGE_OPTIONS.find((name) => message[name] !== undefined)
  if (stray === undefined) return
  throw new OptionsError(
    `sendMany: ${stray} stands beside the payload. Give { type, payload, options: { ${stray}: … } }.`,
  )
}
