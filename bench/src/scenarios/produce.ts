import { compare } from '../comparison.ts'
import { figuresOf } from '../figures.ts'
import { type ProducingPeerName, producingPeers } from '../peers/index.ts'
import { runCallers } from '../run-callers.ts'
import { COST, PRODUCING } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

export const produce: Scenario = {
  about: () =>
    'Orders of 130 bytes to a standard queue, from 200 callers: each awaits its own send before the next. To peers that take lists, ten callers give theirs together.',
  async run(options) {
    const job = { callers: 200, warmUp: scaled(20_000, options), messages: scaled(20_000, options) }
    const comparison = await compare<ProducingPeerName>({
      variant: '',
      figures: COST,
      peers: producingPeers,
      names: PRODUCING,
      baseline: 'sdk-tens',
      rounds: options.rounds,
      run: async (name) => figuresOf(await runCallers(name, job), job.warmUp + job.messages),
    })
    return { comparisons: [comparison] }
  },
}
