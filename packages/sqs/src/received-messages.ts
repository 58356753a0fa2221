import type { Clock } from '@waybill/core'
import type { ApiMessage } from './aws-api.ts'
import { isIntact } from './body-checksum.ts'
import type { Logger } from './logger.ts'
import type { QueueRef, ReceivedMessage } from './ports.ts'
import { fromSdkAttributes } from './sdk-attributes.ts'

/** The messages that can be used. On FIFO a damaged one takes the later ones of its group with it: none may overtake it. */
export function receivedMessages(
  queue: QueueRef,
  messages: readonly ApiMessage[],
  clock: Clock,
  logger: Logger,
): ReceivedMessage[] {
  const damagedGroups = new Set<string | undefined>()
  return messages.flatMap((message) => {
    const group = message.Attributes?.MessageGroupId
    if (damagedGroups.has(group)) return []
    const received = toReceived(message, clock)
    if (received) return received
    if (queue.fifo) damagedGroups.add(group)
    const followers = queue.fifo ? ', and the later ones of its group with it,' : ''
    logger.warn(
      { queue: queue.name, messageId: message.MessageId },
      `received a damaged message: left${followers} until its visibility timeout ends`,
    )
    return []
  })
}

/** Undefined for a message that can't be used: no receipt handle, or not the body that was sent. */
function toReceived(message: ApiMessage, clock: Clock): ReceivedMessage | undefined {
  const { MessageId, ReceiptHandle, MD5OfBody } = message
  // not by defaults: emulators say null
  const Body = message.Body ?? ''
  const Attributes = message.Attributes ?? {}
  if (!MessageId || !ReceiptHandle || !isIntact(Body, MD5OfBody)) return undefined
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: fromSdkAttributes(message.MessageAttributes),
    group: Attributes.MessageGroupId ?? undefined,
    sequenceNumber: Attributes.SequenceNumber ?? undefined,
    receives: Number(Attributes.ApproximateReceiveCount ?? 1),
    sentAt: Number(Attributes.SentTimestamp ?? clock.epoch()),
  }
}
