/** What SQS or SNS accepted. */
export interface Sent {
  /** The `waybill-id`: the same over retries, fan-out and redrive. */
  readonly id: string
  /** The id that SQS or SNS gave it. SNS's is not the one that the queues show. */
  readonly messageId: string
  /** FIFO alone: grows within a message group, with gaps. Of a message that was dropped as a duplicate, the first one's. */
  readonly sequenceNumber?: string | undefined
}
