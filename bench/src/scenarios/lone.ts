import { compareExchanges } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

export const lone: Scenario = {
  about: () => `One message, awaited; a pause of 10 ms; the next. One process sends and handles, at concurrency 10.

  p50, p99   from when a message was made until its handler had it`,
  async run(options) {
    const size = { warmUp: scaled(100, options), messages: scaled(300, options) }
    const comparison = await compareExchanges(
      { concurrency: 10, callers: 1, pause: 10, ...size },
      {
        figures: ['p50', 'p99', 'cpu', 'requests'],
        names: ['waybill-lone', 'waybill-direct-lone', 'sdk-lone'],
        baseline: 'sdk-lone',
        rounds: options.rounds,
      },
    )
    return { comparisons: [comparison] }
  },
}
