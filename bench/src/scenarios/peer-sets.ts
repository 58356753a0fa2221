import { type Contest, type LeftOut, compare, type Comparison } from '../comparison.ts'
import { type FigureName, figuresOf } from '../figures.ts'
import { type ConsumingPeerName, consumingPeers, type ExchangingPeerName, exchangingPeers } from '../peers/index.ts'
import { type ConsumerJob, runConsumer } from '../run-consumer.ts'
import { type ExchangeJob, runExchange } from '../run-exchange.ts'

/** Those that handle side by side at the same concurrency. */
export const CONSUMING = [
  'waybill',
  'waybill-direct',
  'sdk-loops',
  'sqs-consumer',
  'sqs-consumer-batch',
  'squiss',
  'message-queue-toolkit',
] as const satisfies readonly ConsumingPeerName[]

export const PRODUCING = [
  'waybill',
  'waybill-direct',
  'sdk-tens',
  'sdk-batch',
  'sdk',
  'sqs-producer',
  'squiss',
  'message-queue-toolkit',
] as const

export const COST = ['cpu', 'rate', 'requests', 'allocated', 'rss'] as const satisfies readonly FigureName[]

/** Consumers that each handle the same backlog. */
export function compareConsumers(
  job: ConsumerJob,
  contest: Partial<Pick<Contest<ConsumingPeerName>, 'variant' | 'figures' | 'names'>> & {
    readonly rounds: number
    readonly leftOut?: LeftOut
  },
): Promise<Comparison> {
  return compare<ConsumingPeerName>({
    variant: '',
    figures: COST,
    names: CONSUMING,
    ...contest,
    peers: consumingPeers,
    baseline: 'sdk-loops',
    run: async (name) => figuresOf(await runConsumer(name, job), job.messages + (job.warmUp ?? 0)),
  })
}

/** Processes that each send and handle the same messages. */
export function compareExchanges(
  job: ExchangeJob,
  contest: Pick<Contest<ExchangingPeerName>, 'figures' | 'names' | 'baseline' | 'rounds'>,
): Promise<Comparison> {
  return compare<ExchangingPeerName>({
    variant: '',
    ...contest,
    peers: exchangingPeers,
    run: async (name) => figuresOf(await runExchange(name, job), job.warmUp + job.messages),
  })
}
