import { COST, compareExchanges } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

export const endToEnd: Scenario = {
  about:
    () => `One process sends, from 200 callers, and handles at concurrency 80. A caller sends its next order when its last one is
sent and handled. To peers that take lists ten callers give theirs together, and wait for all ten.

  p50, p99   from when a message was made until its handler had it`,
  async run(options) {
    const size = { warmUp: scaled(10_000, options), messages: scaled(10_000, options) }
    const comparison = await compareExchanges(
      { concurrency: 80, callers: 200, pause: 0, ...size },
      {
        figures: [...COST, 'p50', 'p99'],
        names: ['waybill', 'waybill-direct', 'sdk', 'sqs-consumer', 'squiss', 'message-queue-toolkit'],
        baseline: 'sdk',
        rounds: options.rounds,
      },
    )
    return { comparisons: [comparison] }
  },
}
