import {
  type Attempt,
  Batcher,
  type Clock,
  type CloseReason,
  type Events,
  fullJitter,
  type GaveUp,
} from '@waybill/core'
import { type Accepted, BATCH_ENTRIES } from '@waybill/sqs'
import type { ProducerEvents } from './events.ts'
import type { ResolvedOptions } from './options.ts'
import type { Outgoing } from './outgoing.ts'
import { SendError } from './send-error.ts'
import type { Target } from './target.ts'

/** Within which a FIFO message of unknown outcome may be sent again: the deduplication window is 5 minutes. */
const UNKNOWN_WINDOW = 4 * 60_000
const CALL_TIMEOUT = 10_000

export interface MessageBatcherOptions {
  readonly clock: Clock
  readonly target: Target
  readonly options: ResolvedOptions
  readonly events: Events<ProducerEvents>
  /** Cuts the calls that are under way. */
  readonly signal: AbortSignal
}

/** Gathers messages into SendMessageBatch or PublishBatch calls. */
export function messageBatcher({
  clock,
  target,
  options,
  events,
  signal,
}: MessageBatcherOptions): Batcher<Outgoing, Accepted> {
  async function send(
    messages: readonly Outgoing[],
    reason: CloseReason,
    isOpen: (index: number) => boolean,
  ): Promise<readonly Attempt<Accepted>[]> {
    const asked = clock.now()
    const answers = await target.send(messages, { timeout: CALL_TIMEOUT, signal }, isOpen)
    const refusals = answers.filter((answer) => !answer.ok)
    events.emit('batch', {
      reason,
      count: messages.length,
      bytes: messages.reduce((sum, { bytes }) => sum + bytes, 0),
      ms: clock.now() - asked,
      refused: refusals.length,
      error: refusals[0]?.error,
    })
    return answers
  }

  return new Batcher<Outgoing, Accepted>({
    clock,
    maxCount: BATCH_ENTRIES,
    maxBytes: target.maxBatchBytes,
    linger: options.linger,
    eager: true,
    maxInFlight: options.maxInFlight,
    maxHeldCount: options.bufferedMessages,
    maxHeldBytes: options.bufferedBytes,
    backoff: { now: fullJitter(50, 2_000), later: fullJitter(500, 10_000) },
    unknownWindow: UNKNOWN_WINDOW,
    bytes: (message) => message.bytes,
    send,
    refused: ({ type, id }, { error, unknown }) =>
      new SendError('refused', type, id, `failed: ${error.message}`, unknown, error),
    giveUp(why, { type, id, called }, inDoubt, cause) {
      const unknown = inDoubt && called
      return new SendError(why, type, id, reason(why, target.label, unknown, cause), unknown, cause)
    },
  })
}

function reason(why: GaveUp, label: string, unknown: boolean, cause: unknown): string {
  const failure = cause instanceof Error ? cause.message : 'no call was answered.'
  switch (why) {
    case 'timeout':
      return `ran out of time on its way to ${label}: ${failure}`
    case 'aborted':
      return `was given up on its way to ${label}: its signal was aborted.`
    case 'group-failed':
      return `was not sent, or it would overtake an earlier message of its group: ${failure}`
    case 'closed':
      return unknown
        ? `was given up on its way to ${label}: the producer was closed.`
        : `was not sent: the producer of ${label} is closed.`
  }
}
