import { compare } from '../comparison.ts'
import { figuresOf } from '../figures.ts'
import { type ProducingPeerName, producingPeers } from '../peers/index.ts'
import { runCallers } from '../run-callers.ts'
import { COST } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

const LEFT_OUT = {
  'sqs-producer, squiss-ts': 'they send to queues only',
  'message-queue-toolkit': 'publishing is a package of its own, @message-queue-toolkit/sns',
}

export const fanOut: Scenario = {
  about: () => 'As `produce`, to an SNS topic that delivers to three queues.',
  async run(options) {
    const job = { callers: 200, fanOut: 3, warmUp: scaled(2_000, options), messages: scaled(6_000, options) }
    const comparison = await compare<ProducingPeerName>({
      variant: '',
      figures: COST,
      peers: { ...producingPeers, 'sdk-batch': { title: 'AWS SDK, PublishBatch by hand' } },
      names: ['waybill', 'waybill-direct', 'sdk-batch'],
      baseline: 'sdk-batch',
      leftOut: LEFT_OUT,
      rounds: options.rounds,
      run: async (name) => figuresOf(await runCallers(name, job), job.warmUp + job.messages),
    })
    return { comparisons: [comparison] }
  },
}
