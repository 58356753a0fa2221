import type { Message, SqsApi } from '@waybill/sqs'
import type { Account } from '../account.ts'
import { sequenceNumber, type SimulatedQueue } from '../queue/queue.ts'
import type { Receipt } from '../queue/receives.ts'
import { md5, md5OfAttributes } from './attributes-md5.ts'

type Wanted = Pick<
  Parameters<SqsApi['receiveMessage']>[0],
  'AttributeNames' | 'MessageAttributeNames' | 'MessageSystemAttributeNames'
>

/** A message as a receive brings it: with those attributes that it asked for. */
export function toMessage(account: Account, queue: SimulatedQueue, receipt: Receipt, wanted: Wanted): Message {
  const { handle, message } = receipt
  const attributes = structuredClone(
    Object.fromEntries(
      Object.entries(message.attributes).filter(([name]) => isWanted(name, wanted.MessageAttributeNames)),
    ),
  )
  const attributesMd5 = md5OfAttributes(attributes)
  const names: readonly string[] = [...(wanted.AttributeNames ?? []), ...(wanted.MessageSystemAttributeNames ?? [])]
  const system = systemAttributes(account, queue, receipt).filter(
    ([name, value]) => value !== undefined && (names.includes('All') || names.includes(name)),
  )
  return {
    MessageId: message.id,
    ReceiptHandle: handle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(attributesMd5 && { MessageAttributes: attributes, MD5OfMessageAttributes: attributesMd5 }),
  }
}

function systemAttributes(account: Account, queue: SimulatedQueue, { message, receives }: Receipt) {
  return Object.entries({
    SenderId: account.accountId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceivedAt ?? 0)),
    MessageGroupId: message.group,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber: queue.fifo ? sequenceNumber(message) : undefined,
    AWSTraceHeader: message.trace,
    DeadLetterQueueSourceArn: message.deadLetterSource,
  })
}

/** `All`, `.*` and `*`, a prefix as in `Hel.*`, or the name (case 30). */
function isWanted(name: string, wanted: readonly string[] = []): boolean {
  return wanted.some((pattern) => {
    if (pattern === 'All' || pattern === '.*' || pattern === '*') return true
    return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -2)) : pattern === name
  })
}
