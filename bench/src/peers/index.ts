import { messageQueueToolkit } from './message-queue-toolkit.ts'
import type { ConsumingPeer, Peer, ProducingPeer } from './peer.ts'
import { sdkLoops } from './sdk-loops.ts'
import { sdk, sdkBatch, sdkTens } from './sdk.ts'
import { sqsConsumer, sqsConsumerApart, sqsConsumerBatch } from './sqs-consumer.ts'
import { sqsProducer } from './sqs-producer.ts'
import { squiss } from './squiss.ts'
import { waybillWith } from './waybill.ts'

const waybill = waybillWith('Waybill', {})
const waybillDirect = waybillWith('Waybill, direct', { transport: 'direct' })

export const consumingPeers = {
  waybill,
  'waybill-direct': waybillDirect,
  'sdk-loops': sdkLoops,
  'sqs-consumer': sqsConsumer,
  'sqs-consumer-batch': sqsConsumerBatch,
  'sqs-consumer-apart': sqsConsumerApart,
  squiss,
  'message-queue-toolkit': messageQueueToolkit,
} satisfies Record<string, ConsumingPeer>

export const producingPeers = {
  waybill,
  'waybill-direct': waybillDirect,
  'sdk-tens': sdkTens,
  'sdk-batch': sdkBatch,
  sdk,
  'sqs-producer': sqsProducer,
  squiss,
  'message-queue-toolkit': messageQueueToolkit,
} satisfies Record<string, ProducingPeer>

/** Those that both send and handle, in one process. */
export const exchangingPeers = {
  waybill,
  'waybill-direct': waybillDirect,
  'waybill-lone': waybillWith('Waybill, linger 0ms', {}, '0ms'),
  'waybill-direct-lone': waybillWith('Waybill, direct, linger 0ms', { transport: 'direct' }, '0ms'),
  sdk: { ...sdkLoops, ...sdkBatch, title: 'AWS SDK by hand' },
  'sdk-lone': { ...sdkLoops, ...sdk, title: 'AWS SDK, SendMessage and loops' },
  'sqs-consumer': { ...sqsConsumerBatch, ...sqsProducer, title: 'sqs-consumer (batch), sqs-producer' },
  squiss,
  'message-queue-toolkit': messageQueueToolkit,
} satisfies Record<string, ConsumingPeer & ProducingPeer>

export type ConsumingPeerName = keyof typeof consumingPeers
export type ProducingPeerName = keyof typeof producingPeers
export type ExchangingPeerName = keyof typeof exchangingPeers

/** Of any peer, as the tables show it. */
export function titleOf(name: string): string {
  const peers: ReadonlyMap<string, Peer> = new Map(
    [exchangingPeers, producingPeers, consumingPeers].flatMap((set) => Object.entries(set)),
  )
  return peers.get(name)?.title ?? name
}
