import type { ConnectOptions, Duration } from 'waybill'
import type { ConsumingPeer, ListedPeer, ProducingPeer } from './peer.ts'

// A process loads the peer that it measures, and none of the others: what they bring would weigh on its memory and its garbage
// collections.

const loadWaybill = async (options: ConnectOptions, linger?: Duration) =>
  (await import('./waybill.ts')).waybillWith(options, linger)
const loadLoops = async () => (await import('./sdk-loops.ts')).sdkLoops

const waybill = { title: 'Waybill', load: () => loadWaybill({}) }
const waybillDirect = { title: 'Waybill, direct', load: () => loadWaybill({ transport: 'direct' }) }
const squiss = { title: 'squiss-ts', load: async () => (await import('./squiss.ts')).squiss }
const messageQueueToolkit = {
  title: 'message-queue-toolkit',
  load: async () => (await import('./message-queue-toolkit.ts')).messageQueueToolkit,
}

export const consumingPeers = {
  waybill,
  'waybill-direct': waybillDirect,
  'sdk-loops': { title: 'AWS SDK, loops by hand', load: loadLoops },
  'sqs-consumer': {
    title: 'sqs-consumer, batchSize 10',
    load: async () => (await import('./sqs-consumer.ts')).sqsConsumer,
  },
  'sqs-consumer-batch': {
    title: 'sqs-consumer, batchSize 10, handleMessageBatch',
    load: async () => (await import('./sqs-consumer.ts')).sqsConsumerBatch,
  },
  'sqs-consumer-apart': {
    title: 'sqs-consumer, batchSize 1, a consumer for each slot',
    load: async () => (await import('./sqs-consumer.ts')).sqsConsumerApart,
  },
  squiss,
  'message-queue-toolkit': messageQueueToolkit,
} satisfies Record<string, ListedPeer<ConsumingPeer>>

export const producingPeers = {
  waybill,
  'waybill-direct': waybillDirect,
  'sdk-tens': { title: 'AWS SDK, SendMessageBatch of ten', load: async () => (await import('./sdk.ts')).sdkTens },
  'sdk-batch': {
    title: 'AWS SDK, SendMessageBatch, gathered by hand',
    load: async () => (await import('./sdk.ts')).sdkBatch,
  },
  sdk: { title: 'AWS SDK, SendMessage', load: async () => (await import('./sdk.ts')).sdk },
  'sqs-producer': {
    title: 'sqs-producer, lists of ten',
    load: async () => (await import('./sqs-producer.ts')).sqsProducer,
  },
  squiss,
  'message-queue-toolkit': messageQueueToolkit,
} satisfies Record<string, ListedPeer<ProducingPeer>>

/** Those that both send and handle, in one process. */
export const exchangingPeers = {
  waybill,
  'waybill-direct': waybillDirect,
  'waybill-lone': { title: 'Waybill, linger 0ms', load: () => loadWaybill({}, '0ms') },
  'waybill-direct-lone': {
    title: 'Waybill, direct, linger 0ms',
    load: () => loadWaybill({ transport: 'direct' }, '0ms'),
  },
  sdk: {
    title: 'AWS SDK by hand',
    load: async () => ({ ...(await loadLoops()), ...(await import('./sdk.ts')).sdkBatch }),
  },
  'sdk-lone': {
    title: 'AWS SDK, SendMessage and loops',
    load: async () => ({ ...(await loadLoops()), ...(await import('./sdk.ts')).sdk }),
  },
  'sqs-consumer': {
    title: 'sqs-consumer (batch), sqs-producer',
    load: async () => ({
      ...(await import('./sqs-consumer.ts')).sqsConsumerBatch,
      ...(await import('./sqs-producer.ts')).sqsProducer,
    }),
  },
  squiss,
  'message-queue-toolkit': messageQueueToolkit,
} satisfies Record<string, ListedPeer<ConsumingPeer & ProducingPeer>>

export type ConsumingPeerName = keyof typeof consumingPeers
export type ProducingPeerName = keyof typeof producingPeers
export type ExchangingPeerName = keyof typeof exchangingPeers

const all = [exchangingPeers, producingPeers, consumingPeers].flatMap((set) => Object.entries<ListedPeer<unknown>>(set))

/** Of any peer, as the tables show it. */
export function titleOf(name: string): string {
  const peers = new Map(all.map(([listed, { title }]) => [listed, title]))
  return peers.get(name) ?? name
}

/** To see whether all can be loaded. */
export async function loadAll(): Promise<void> {
  await Promise.all(all.map(([, peer]) => peer.load()))
}
