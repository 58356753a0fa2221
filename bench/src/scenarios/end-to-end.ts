import { compare } from '../comparison.ts'
import { figuresOf } from '../figures.ts'
import { type ExchangingPeerName, exchangingPeers } from '../peers/index.ts'
import { runExchange } from '../run-exchange.ts'
import { COST } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

export const endToEnd: Scenario = {
  about:
    () => `One process sends, from 200 callers, and handles at concurrency 80. A caller sends its next order when its last one is
sent and handled.

  p50, p99   from when a message was made until its handler had it`,
  async run(options) {
    const size = { warmUp: scaled(10_000, options), messages: scaled(10_000, options) }
    const comparison = await compare<ExchangingPeerName>({
      variant: '',
      figures: [...COST, 'p50', 'p99'],
      peers: exchangingPeers,
      names: ['waybill', 'waybill-direct', 'sdk', 'sqs-consumer', 'squiss', 'message-queue-toolkit'],
      baseline: 'sdk',
      rounds: options.rounds,
      run: async (name) =>
        figuresOf(
          await runExchange(name, { concurrency: 80, callers: 200, pause: 0, ...size }),
          size.warmUp + size.messages,
        ),
    })
    return { comparisons: [comparison] }
  },
}
