import { createHash } from 'node:crypto'
import type { SqsApi } from '@waybill/sqs'
import { invalidValue } from '../aws-error.ts'
import type { Account } from '../account.ts'
import { newMessage } from '../queue/message.ts'
import type { SimulatedQueue } from '../queue/queue.ts'
import { md5, md5OfAttributes } from './attributes-md5.ts'
import { checkMessage, type Sent, sizeOf } from './check-message.ts'

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Sends one message, and says of it what SQS says. `are`: how SQS words that it is too large. */
export function sendMessage(
  account: Account,
  queue: SimulatedQueue,
  sent: Omit<Parameters<SqsApi['sendMessage']>[0], 'QueueUrl'>,
  are: 'are invalid' | 'cannot be validated',
) {
  checkMessage(sent, queue.fifo)
  const limit = Number(queue.attributes['MaximumMessageSize'])
  if (sizeOf(sent) > limit)
    throw invalidValue(`One or more parameters ${are}. Reason: Message must be shorter than ${limit} bytes.`)
  const { MessageAttributes = {}, MessageBody: body = '', MessageGroupId: group } = sent
  const trace = sent.MessageSystemAttributes?.AWSTraceHeader
  const content = {
    body,
    attributes: MessageAttributes,
    group,
    deduplicationId: queue.fifo ? (sent.MessageDeduplicationId ?? sha256(body)) : undefined,
    trace: trace?.StringValue,
  }
  const { messageId, sequenceNumber } = queue.send(newMessage(account, content), sent.DelaySeconds)
  const attributesMd5 = md5OfAttributes(MessageAttributes)
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5(body),
    ...(attributesMd5 && { MD5OfMessageAttributes: attributesMd5 }),
    ...(trace && { MD5OfMessageSystemAttributes: md5OfAttributes({ AWSTraceHeader: trace }) }),
    ...(sequenceNumber && { SequenceNumber: sequenceNumber }),
  }
}

/** Throws when a FIFO queue has nothing to tell duplicates by: in a batch, that is the failure of all. */
export function checkDeduplication(queue: SimulatedQueue, { MessageDeduplicationId }: Partial<Sent>): void {
  if (!queue.fifo || MessageDeduplicationId !== undefined) return
  if (queue.attributes['ContentBasedDeduplication'] === 'true') return
  throw invalidValue(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  )
}
