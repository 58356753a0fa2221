import { Batcher, type Clock, fullJitter, type GaveUp } from '@waybill/core'
import { type Accepted, BATCH_ENTRIES } from '@waybill/sqs'
import type { ResolvedOptions } from './options.ts'
import type { Outgoing } from './outgoing.ts'
import { SendError } from './send-error.ts'
import type { Target } from './target.ts'

/** Within which a FIFO message of unknown outcome may be sent again: the deduplication window is 5 minutes. */
const UNKNOWN_WINDOW = 4 * 60_000
const CALL_TIMEOUT = 10_000

/** Gathers messages into SendMessageBatch or PublishBatch calls. */
export function messageBatcher(clock: Clock, target: Target, options: ResolvedOptions): Batcher<Outgoing, Accepted> {
  return new Batcher<Outgoing, Accepted>({
    clock,
    maxCount: BATCH_ENTRIES,
    maxBytes: target.maxBatchBytes,
    linger: options.linger,
    maxInFlight: options.maxInFlight,
    maxBufferedCount: options.bufferedMessages,
    maxBufferedBytes: options.bufferedBytes,
    backoff: { now: fullJitter(50, 2_000), later: fullJitter(500, 10_000) },
    unknownWindow: UNKNOWN_WINDOW,
    bytes: (message) => message.bytes,
    send: (messages) =>
      target.send(
        messages.map((message) => message.entry),
        { timeout: CALL_TIMEOUT },
      ),
    refused: ({ type, id }, { error, unknown }) =>
      new SendError('refused', type, id, `failed: ${error.message}`, unknown, error),
    giveUp: (why, { type, id }, unknown, cause) =>
      new SendError(why, type, id, reason(why, target.label, cause), unknown, cause),
  })
}

function reason(why: GaveUp, label: string, cause: unknown): string {
  const failure = cause instanceof Error ? cause.message : 'no call was answered.'
  switch (why) {
    case 'timeout':
      return `ran out of time on its way to ${label}: ${failure}`
    case 'aborted':
      return `was given up on its way to ${label}: its signal was aborted.`
    case 'group-failed':
      return `was not sent, or it would overtake an earlier message of its group: ${failure}`
    case 'closed':
      return `was not sent: the producer of ${label} is closed.`
  }
}
