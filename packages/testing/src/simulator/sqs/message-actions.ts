import { BATCH_BYTES, BATCH_ENTRIES, GROUP_ID, type SqsApi, VISIBILITY_SECONDS, WAIT_SECONDS } from '@waybill/sqs'
import { invalidValue, missing, sqsError } from '../aws-error.ts'
import type { Account } from '../account.ts'
import type { SimulatedQueue } from '../queue/queue.ts'
import type { Receive } from '../queue/receives.ts'
import { answerBatch } from './answer-batch.ts'
import { checkBatch } from './check-batch.ts'
import { sizeOf } from './check-message.ts'
import { checkDeduplication, sendMessage } from './send-message.ts'
import { toMessage } from './to-message.ts'

type MessageActions = Pick<
  SqsApi,
  | 'changeMessageVisibility'
  | 'changeMessageVisibilityBatch'
  | 'deleteMessage'
  | 'deleteMessageBatch'
  | 'receiveMessage'
  | 'sendMessage'
  | 'sendMessageBatch'
>

/** What SQS does with messages. Open polls are served once a call has had its whole effect. */
export function messageActions(account: Account): MessageActions {
  return {
    async sendMessage(request) {
      const queue = account.queue(request.QueueUrl)
      if (!request.MessageBody) throw missing('MessageBody')
      if (queue.fifo && request.MessageGroupId === undefined) throw missing('MessageGroupId')
      checkDeduplication(queue, request)
      const answer = sendMessage(account, queue, request, 'are invalid')
      queue.wake()
      return answer
    },

    async sendMessageBatch({ QueueUrl, Entries = [] }) {
      const queue = account.queue(QueueUrl)
      checkBatch(Entries, 'SendMessageBatchRequestEntry')
      const bytes = Entries.reduce((sum, entry) => sum + sizeOf(entry), 0)
      if (bytes > BATCH_BYTES)
        throw sqsError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
        )
      for (const entry of Entries) {
        if (queue.fifo && entry.MessageGroupId === undefined)
          throw invalidValue('The request must contain the parameter MessageGroupId.')
        checkDeduplication(queue, entry)
      }
      const answer = answerBatch(Entries, (entry) => sendMessage(account, queue, entry, 'cannot be validated'))
      queue.wake()
      return answer
    },

    async receiveMessage(request, { abortSignal } = {}) {
      // as the AWS SDK does
      abortSignal?.throwIfAborted()
      const queue = account.queue(request.QueueUrl)
      const receipts = await queue.receives.receive(receiveOf(queue, request), abortSignal)
      abortSignal?.throwIfAborted()
      if (receipts.length === 0) return {}
      return { Messages: receipts.map((receipt) => toMessage(account, queue, receipt, request)) }
    },

    async deleteMessage({ QueueUrl, ReceiptHandle }) {
      const queue = account.queue(QueueUrl)
      remove(queue, ReceiptHandle)
      queue.wake()
      return {}
    },

    async deleteMessageBatch({ QueueUrl, Entries = [] }) {
      const queue = account.queue(QueueUrl)
      checkBatch(Entries, 'DeleteMessageBatchRequestEntry')
      const answer = answerBatch(Entries, ({ ReceiptHandle }) => remove(queue, ReceiptHandle))
      queue.wake()
      return answer
    },

    async changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }) {
      const queue = account.queue(QueueUrl)
      changeVisibility(queue, ReceiptHandle, VisibilityTimeout)
      queue.wake()
      return {}
    },

    async changeMessageVisibilityBatch({ QueueUrl, Entries = [] }) {
      const queue = account.queue(QueueUrl)
      checkBatch(Entries, 'ChangeMessageVisibilityBatchRequestEntry')
      const answer = answerBatch(Entries, ({ ReceiptHandle, VisibilityTimeout }) =>
        changeVisibility(queue, ReceiptHandle, VisibilityTimeout),
      )
      queue.wake()
      return answer
    },
  }
}

function receiveOf(queue: SimulatedQueue, request: Parameters<SqsApi['receiveMessage']>[0]): Receive {
  const { MaxNumberOfMessages: max = 1, ReceiveRequestAttemptId: attemptId } = request
  const wait = request.WaitTimeSeconds ?? Number(queue.attributes['ReceiveMessageWaitTimeSeconds'])
  const visibilityTimeout = request.VisibilityTimeout ?? Number(queue.attributes['VisibilityTimeout'])
  if (!(wait >= 0 && wait <= WAIT_SECONDS))
    throw invalid('WaitTimeSeconds', wait, `Must be >= 0 and <= ${WAIT_SECONDS}, if provided.`)
  if (!(max >= 1 && max <= BATCH_ENTRIES))
    throw invalid('MaxNumberOfMessages', max, `Must be between 1 and ${BATCH_ENTRIES}, if provided.`)
  if (!(visibilityTimeout >= 0 && visibilityTimeout <= VISIBILITY_SECONDS))
    throw invalid('VisibilityTimeout', visibilityTimeout, `Must be between 0 and ${VISIBILITY_SECONDS}, if provided.`)
  if (attemptId !== undefined && !GROUP_ID.test(attemptId))
    throw invalid(
      'ReceiveRequestAttemptId',
      attemptId,
      'ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    )
  return { max, wait, visibilityTimeout, attemptId: queue.fifo ? attemptId : undefined }
}

function remove(queue: SimulatedQueue, handle: string | undefined): object {
  if (!handle) throw missing('ReceiptHandle')
  queue.leases.delete(handle)
  return {}
}

function changeVisibility(queue: SimulatedQueue, handle: string | undefined, seconds: number | undefined): object {
  if (!handle) throw missing('ReceiptHandle')
  if (seconds === undefined) throw missing('VisibilityTimeout')
  queue.leases.changeVisibility(handle, seconds)
  return {}
}

function invalid(parameter: string, value: string | number, reason: string) {
  return invalidValue(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`)
}
