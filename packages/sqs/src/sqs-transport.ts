import { type Clock, refusalOf } from '@waybill/core'
import { apiCall } from './api-call.ts'
import type { HotSqsApi } from './aws-api.ts'
import { isIntact } from './body-checksum.ts'
import { refusedError } from './refused.ts'
import { entryResults, withIds } from './entry-results.ts'
import { hasLists } from './http/sqs-json.ts'
import type { Logger } from './logger.ts'
import type { QueueRef, SendEntry, SqsTransport } from './ports.ts'
import { receivedMessages } from './received-messages.ts'
import { toSdkAttributes } from './sdk-attributes.ts'
import { errorOf, type What } from './error-text.ts'

export interface SqsTransportOptions {
  readonly api: () => HotSqsApi
  /** For receives: long polls hold their sockets, and must not make other calls wait for one. */
  readonly receiving: () => HotSqsApi
  readonly endpoint: string | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** SQS through its API. */
export function sqsTransport({ api, receiving, endpoint, clock, logger }: SqsTransportOptions): SqsTransport {
  const on = (queue: QueueRef, call: string): What => ({
    service: 'sqs',
    call,
    target: `queue '${queue.name}'`,
    endpoint,
  })
  return {
    async send(queue, entries, call) {
      const what = on(queue, 'SendMessageBatch')
      // made where it is used up, and not kept until the answer comes
      const answer = await apiCall(clock, call, what, async (options) =>
        checked(await api().sendMessageBatch({ QueueUrl: queue.url, Entries: withIds(entries, toSdkEntry) }, options)),
      )
      return entryResults(entries, answer, what, ({ MessageId, SequenceNumber, MD5OfMessageBody }, entry) => {
        if (!isIntact(entry.body, MD5OfMessageBody)) return refusalOf(damaged(what))
        return { ok: true, value: { messageId: MessageId ?? '', sequenceNumber: SequenceNumber ?? undefined } }
      })
    },

    async receive(queue, { max, wait, visibilityTimeout, attemptId }, call) {
      const request: Parameters<HotSqsApi['receiveMessage']>[0] = {
        QueueUrl: queue.url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: wait,
        VisibilityTimeout: visibilityTimeout,
        ReceiveRequestAttemptId: attemptId,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: SYSTEM_ATTRIBUTES,
      }
      const answer = await apiCall(clock, call, on(queue, 'ReceiveMessage'), async (options) =>
        checked(await receiving().receiveMessage(request, options)),
      )
      return receivedMessages(queue, answer.Messages ?? [], clock, logger)
    },

    async delete(queue, handles, call) {
      const what = on(queue, 'DeleteMessageBatch')
      const Entries = withIds(handles, (id, handle) => ({ Id: id, ReceiptHandle: handle }))
      const request = { QueueUrl: queue.url, Entries }
      const answer = await apiCall(clock, call, what, async (options) =>
        checked(await api().deleteMessageBatch(request, options)),
      )
      return entryResults(handles, answer, what, done)
    },

    async changeVisibility(queue, entries, call) {
      const what = on(queue, 'ChangeMessageVisibilityBatch')
      const Entries = withIds(entries, (id, { handle, visibilityTimeout }) => ({
        Id: id,
        ReceiptHandle: handle,
        VisibilityTimeout: visibilityTimeout,
      }))
      const request = { QueueUrl: queue.url, Entries }
      const answer = await apiCall(clock, call, what, async (options) =>
        checked(await api().changeMessageVisibilityBatch(request, options)),
      )
      return entryResults(entries, answer, what, done)
    },
  }
}

/** Those that {@link receivedMessages} reads. */
const SYSTEM_ATTRIBUTES: Parameters<HotSqsApi['receiveMessage']>[0]['MessageSystemAttributeNames'] = [
  'ApproximateReceiveCount',
  'MessageGroupId',
  'SentTimestamp',
  'SequenceNumber',
]

/** An answer of another shape says nothing of what happened. */
function checked<Answer extends object>(answer: Answer): Answer {
  if (hasLists(answer)) return answer
  throw refusedError({ name: '', message: 'HTTP 200, with an answer that is none of SQS', status: 200 })
}

const done = () => ({ ok: true, value: undefined }) as const

function toSdkEntry(id: string, { body, attributes, group, deduplicationId, delay }: SendEntry) {
  return {
    Id: id,
    MessageBody: body,
    MessageAttributes: toSdkAttributes(attributes),
    MessageGroupId: group,
    MessageDeduplicationId: deduplicationId,
    DelaySeconds: delay,
  }
}

function damaged(what: What) {
  return errorOf(
    { code: 'checksum', verdict: 'now', unknown: true },
    'stored another body than was sent (its MD5 differs)',
    what,
  )
}
