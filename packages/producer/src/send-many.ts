import { checkKeys, integerOption } from '@waybill/core'
import { SendError } from './send-error.ts'
import { type SendOptions, SHARED_OPTIONS } from './send-options.ts'
import type { Sent } from './sent.ts'

/** What may be said of all messages; a `signal` that aborts also ends the taking. */
export interface SendManyOptions extends Omit<SendOptions, 'id'> {
  /** Messages under way at once, beyond which the iterable is not asked for more. Default 1,000, at least 1. */
  readonly window?: number | undefined
}

/** A message that was not sent; `error` is a `ContractError`, `OptionsError` or `SendError`. */
export interface Unsent {
  readonly ok: false
  readonly id: string | undefined
  readonly error: unknown
}

/** What became of one message. */
export type SendResult<Message> = { readonly message: Message } & (
  | (Sent & { readonly ok: true; readonly error?: undefined })
  | Unsent
)

type Send = (type: string, payload: unknown, options?: SendOptions) => Promise<Sent>

interface UnderWay<Message> {
  readonly result: Promise<SendResult<Message>>
  settled: boolean
}

export async function* sendMany<Message extends { readonly type: string; readonly payload: unknown }>(
  send: Send,
  messages: Iterable<Message> | AsyncIterable<Message>,
  options: SendManyOptions = {},
): AsyncGenerator<SendResult<Message>> {
  checkKeys(options, ['window', ...SHARED_OPTIONS], 'sendMany')
  const { window: size = 1_000, ...shared } = options
  integerOption('window', size, 1, Number.MAX_SAFE_INTEGER)
  const window: UnderWay<Message>[] = []
  let broken: { readonly error: unknown } | undefined
  try {
    for await (const message of messages) {
      window.push(underWay(send, message, shared))
      yield* take(window, (first) => first.settled || window.length >= size)
      if (shared.signal?.aborted) break
    }
  } catch (error) {
    // What the iterable gave before it threw is under way, and its outcomes are still to be told.
    broken = { error }
  }
  yield* take(window, () => true)
  if (broken) throw broken.error
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

function underWay<Message extends { readonly type: string; readonly payload: unknown }>(
  send: Send,
  message: Message,
  options: SendOptions,
): UnderWay<Message> {
  const sending: UnderWay<Message> = {
    settled: false,
    result: outcome(send, message, options).finally(() => {
      sending.settled = true
    }),
  }
  return sending
}

/** Never rejects, so that an outcome which nobody takes any more is no unhandled rejection. */
async function outcome<Message extends { readonly type: string; readonly payload: unknown }>(
  send: Send,
  message: Message,
  options: SendOptions,
): Promise<SendResult<Message>> {
  try {
    return { message, ok: true, ...(await send(message.type, message.payload, options)) }
  } catch (error) {
    return { message, ok: false, id: error instanceof SendError ? error.id : undefined, error }
  }
}
