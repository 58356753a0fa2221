import { sdk, sdkBatch } from './sdk.ts'
import { sqsConsumer, sqsConsumerApart, sqsConsumerBatch } from './sqs-consumer.ts'
import { sqsProducer } from './sqs-producer.ts'
import { waybill } from './waybill.ts'

export const consumingPeers = {
  waybill,
  'sqs-consumer': sqsConsumer,
  'sqs-consumer-batch': sqsConsumerBatch,
  'sqs-consumer-apart': sqsConsumerApart,
}

export const producingPeers = {
  waybill,
  'sqs-producer': sqsProducer,
  sdk,
  'sdk-batch': sdkBatch,
}

export type ConsumingPeerName = keyof typeof consumingPeers
export type ProducingPeerName = keyof typeof producingPeers
