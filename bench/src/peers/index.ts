import { sqsConsumer, sqsConsumerApart, sqsConsumerBatch } from './sqs-consumer.ts'
import { waybill } from './waybill.ts'

export const peers = {
  waybill,
  'sqs-consumer': sqsConsumer,
  'sqs-consumer-batch': sqsConsumerBatch,
  'sqs-consumer-apart': sqsConsumerApart,
}

export type PeerName = keyof typeof peers
