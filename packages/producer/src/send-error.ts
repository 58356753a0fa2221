import { WaybillError } from '@waybill/core'

/**
 * Why a message was not sent. `refused`: AWS refuses it for good. `timeout`: its time was up. `aborted`: by the caller's
 * signal. `group-failed`: an earlier message of its group failed, and this one must not overtake it. `closed`: the
 * producer is. `too-large`: AWS would refuse it, so it was not tried.
 */
export type SendErrorCode = 'refused' | 'timeout' | 'aborted' | 'group-failed' | 'closed' | 'too-large'

/** A message that was not sent, or of which nobody knows: see {@link unknown}. */
export class SendError extends WaybillError<SendErrorCode> {
  /** The message's type. */
  readonly type: string
  /** The `waybill-id`. Sending again with `{ id }` lets a FIFO queue and an idempotent consumer drop the second copy. */
  readonly id: string
  /** True when it may have been accepted all the same, because an answer was lost. */
  readonly unknown: boolean

  constructor(code: SendErrorCode, type: string, id: string, text: string, unknown = false, cause?: unknown) {
    const sentence = `${type} (id ${id}) ${text}${/[.!?]$/.test(text) ? '' : '.'}`
    const doubt = unknown ? ' It may have been accepted all the same: an answer is missing.' : ''
    super(code, sentence + doubt, cause === undefined ? undefined : { cause })
    this.type = type
    this.id = id
    this.unknown = unknown
  }
}
