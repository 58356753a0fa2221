import type { AnyMessage, AttributesOf, Entry } from '@waybill/schema'
import type { NeedsOptions, SendOptions } from './send-options.ts'
import type { Sent } from './sent.ts'

/** A message to send, with its own options: needed only when its contract declares an attribute that is required. */
export type Sending<M extends AnyMessage> = M extends AnyMessage ? Entry<M> & OwnOptions<AttributesOf<M>> : never

type OwnOptions<Own> =
  NeedsOptions<Own> extends true
    ? { readonly options: SendOptions<Own> }
    : { readonly options?: SendOptions<Own> | undefined }

/** What may be said of all messages, unless one says otherwise; a `signal` that aborts also ends the taking. */
export interface SendManyOptions extends Omit<SendOptions, 'id'> {
  /**
   * Messages under way at once, beyond which the iterable is not asked for more. Default 1,000, at least 1. Nor is it while
   * the producer's `buffer` is full.
   */
  readonly window?: number | undefined
}

/** How far a `sendMany` is; it changes as it goes on. */
export interface SendProgress {
  /** Messages that the iterable has given. */
  readonly taken: number
  /** Those of them that have been accepted. */
  readonly sent: number
  readonly failed: number
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

/** The outcomes of a `sendMany`, to iterate over; and how far it is, at any time. */
export interface SendResults<Message> extends AsyncIterable<SendResult<Message>> {
  readonly progress: SendProgress
}
