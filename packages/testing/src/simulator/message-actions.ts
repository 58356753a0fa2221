import { createHash } from 'node:crypto'
import { BATCH_BYTES, BATCH_ENTRIES, type Message, type SqsApi, WAIT_SECONDS } from '@waybill/sqs'
import { answerBatch } from './answer-batch.ts'
import { md5, md5OfAttributes } from './attributes-md5.ts'
import { type AwsError, invalidValue, missing, sqsError } from './aws-error.ts'
import { checkBatch } from './check-batch.ts'
import { checkMessage, type Sent, sizeOf } from './check-message.ts'
import type { Cloud } from './cloud.ts'
import { sequenceNumber, type SimulatedQueue } from './queue.ts'
import type { Receipt } from './receives.ts'

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
type SendRequest = Parameters<SqsApi['sendMessage']>[0]
type ReceiveRequest = Parameters<SqsApi['receiveMessage']>[0]

/** What SQS does with messages. */
export function messageActions(cloud: Cloud): MessageActions {
  return {
    async sendMessage(request) {
      const queue = cloud.queue(request.QueueUrl)
      if (!request.MessageBody) throw missing('MessageBody')
      if (queue.fifo && request.MessageGroupId === undefined) throw missing('MessageGroupId')
      checkDeduplication(queue, request)
      const answer = send(cloud, queue, request, 'are invalid')
      queue.wake()
      return answer
    },

    async sendMessageBatch({ QueueUrl, Entries = [] }) {
      const queue = cloud.queue(QueueUrl)
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
      const answer = answerBatch(Entries, (entry) => send(cloud, queue, entry, 'cannot be validated'))
      queue.wake()
      return answer
    },

    async receiveMessage(request, options) {
      const queue = cloud.queue(request.QueueUrl)
      const { MaxNumberOfMessages = 1, ReceiveRequestAttemptId: attemptId } = request
      const wait = request.WaitTimeSeconds ?? Number(queue.attributes['ReceiveMessageWaitTimeSeconds'])
      const visibilityTimeout = request.VisibilityTimeout ?? Number(queue.attributes['VisibilityTimeout'])
      if (!(wait >= 0 && wait <= WAIT_SECONDS))
        throw outOfRange('WaitTimeSeconds', wait, `Must be >= 0 and <= ${WAIT_SECONDS}, if provided.`)
      if (!(MaxNumberOfMessages >= 1 && MaxNumberOfMessages <= BATCH_ENTRIES))
        throw outOfRange('MaxNumberOfMessages', MaxNumberOfMessages, 'Must be between 1 and 10, if provided.')
      if (!(visibilityTimeout >= 0 && visibilityTimeout <= 43_200))
        throw outOfRange('VisibilityTimeout', visibilityTimeout, 'Must be between 0 and 43200, if provided.')
      const asked = { max: MaxNumberOfMessages, wait, visibilityTimeout, attemptId: queue.fifo ? attemptId : undefined }
      const receipts = await queue.receives.receive(asked, options?.abortSignal)
      // as the AWS SDK does when a call is called off
      options?.abortSignal?.throwIfAborted()
      return receipts.length === 0 ? {} : { Messages: receipts.map((receipt) => toMessage(cloud, receipt, request)) }
    },

    async deleteMessage({ QueueUrl, ReceiptHandle }) {
      cloud.queue(QueueUrl).leases.delete(ReceiptHandle)
      return {}
    },

    async deleteMessageBatch({ QueueUrl, Entries = [] }) {
      const queue = cloud.queue(QueueUrl)
      checkBatch(Entries, 'DeleteMessageBatchRequestEntry')
      return answerBatch(Entries, ({ ReceiptHandle }) => {
        queue.leases.delete(ReceiptHandle)
        return {}
      })
    },

    async changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }) {
      const queue = cloud.queue(QueueUrl)
      if (VisibilityTimeout === undefined) throw missing('VisibilityTimeout')
      queue.leases.changeVisibility(ReceiptHandle, VisibilityTimeout)
      return {}
    },

    async changeMessageVisibilityBatch({ QueueUrl, Entries = [] }) {
      const queue = cloud.queue(QueueUrl)
      checkBatch(Entries, 'ChangeMessageVisibilityBatchRequestEntry')
      return answerBatch(Entries, ({ ReceiptHandle, VisibilityTimeout }) => {
        if (VisibilityTimeout === undefined) throw missing('VisibilityTimeout')
        queue.leases.changeVisibility(ReceiptHandle, VisibilityTimeout)
        return {}
      })
    },
  }
}

function send(cloud: Cloud, queue: SimulatedQueue, sent: Omit<SendRequest, 'QueueUrl'>, are: string) {
  const limit = Number(queue.attributes['MaximumMessageSize'])
  checkMessage(sent, queue.fifo)
  if (sizeOf(sent) > limit)
    throw invalidValue(`One or more parameters ${are}. Reason: Message must be shorter than ${limit} bytes.`)
  const { MessageAttributes = {}, MessageBody = '', MessageGroupId: group } = sent
  const trace = sent.MessageSystemAttributes?.AWSTraceHeader
  const deduplicationId = queue.fifo ? (sent.MessageDeduplicationId ?? sha256(MessageBody)) : undefined
  const { messageId, sequenceNumber: number } = queue.send(
    {
      id: cloud.id(),
      body: MessageBody,
      attributes: MessageAttributes,
      group,
      deduplicationId,
      trace: trace?.StringValue,
      sentAt: Math.floor(cloud.clock.epoch()),
      enqueuedAt: cloud.clock.now(),
      receivesBefore: 0,
      deadLetterSource: undefined,
    },
    sent.DelaySeconds,
  )
  const attributesMd5 = md5OfAttributes(MessageAttributes)
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5(MessageBody),
    ...(attributesMd5 && { MD5OfMessageAttributes: attributesMd5 }),
    ...(trace && { MD5OfMessageSystemAttributes: md5OfAttributes({ AWSTraceHeader: trace }) }),
    ...(number && { SequenceNumber: number }),
  }
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function checkDeduplication(queue: SimulatedQueue, { MessageDeduplicationId }: Pick<Sent, 'MessageDeduplicationId'>) {
  if (!queue.fifo || MessageDeduplicationId !== undefined) return
  if (queue.attributes['ContentBasedDeduplication'] === 'true') return
  throw invalidValue(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  )
}

function outOfRange(parameter: string, value: number, reason: string): AwsError {
  return invalidValue(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`)
}

function toMessage(cloud: Cloud, { message, handle, receives }: Receipt, request: ReceiveRequest): Message {
  const wanted = Object.entries(message.attributes).filter(([name]) => isWanted(name, request.MessageAttributeNames))
  const attributes = Object.fromEntries(wanted)
  const attributesMd5 = md5OfAttributes(attributes)
  const system: Record<string, string | undefined> = {
    SenderId: cloud.accountId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceivedAt ?? 0)),
    MessageGroupId: message.group,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber: message.deduplicationId !== undefined ? sequenceNumber(message) : undefined,
    AWSTraceHeader: message.trace,
    DeadLetterQueueSourceArn: message.deadLetterSource,
  }
  const names: readonly string[] = [...(request.AttributeNames ?? []), ...(request.MessageSystemAttributeNames ?? [])]
  const systemWanted = Object.entries(system).flatMap(([name, value]) =>
    value !== undefined && (names.includes('All') || names.includes(name)) ? [[name, value] as const] : [],
  )
  return {
    MessageId: message.id,
    ReceiptHandle: handle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(systemWanted.length > 0 && { Attributes: Object.fromEntries(systemWanted) }),
    ...(attributesMd5 && { MessageAttributes: attributes, MD5OfMessageAttributes: attributesMd5 }),
  }
}

/** `All`, `.*` and `*`, a prefix as in `Hel.*`, or the name (case 30). */
function isWanted(name: string, wanted: readonly string[] = []): boolean {
  return wanted.some((pattern) => {
    if (pattern === 'All' || pattern === '.*' || pattern === '*') return true
    return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -2)) : pattern === name
  })
}
