import { compare } from '../comparison.ts'
import { figuresOf } from '../figures.ts'
import { type ProducingPeerName, producingPeers } from '../peers/index.ts'
import { runCallers } from '../run-callers.ts'
import { COST, PRODUCING } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

/** Those that make a request for each message. */
const SINGLY: ReadonlySet<ProducingPeerName> = new Set<ProducingPeerName>(['sdk', 'message-queue-toolkit'])

export const produce: Scenario = {
  about: () =>
    'Orders of 130 bytes to a standard queue, from 200 callers: each awaits its own send before the next. To peers that take lists, ten callers give theirs together. The first half is a warm-up.',
  async run(options) {
    const comparison = await compare<ProducingPeerName>({
      variant: '',
      figures: COST,
      peers: producingPeers,
      names: PRODUCING,
      baseline: 'sdk-tens',
      rounds: options.rounds,
      async run(name) {
        // Even so, those make more requests.
        const messages = scaled(SINGLY.has(name) ? 10_000 : 60_000, options)
        return figuresOf(await runCallers(name, { callers: 200, warmUp: messages, messages }), 2 * messages)
      },
    })
    return { comparisons: [comparison] }
  },
}
