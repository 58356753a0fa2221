import type { Comparison } from '../comparison.ts'
import { compareConsumers } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

const SIZES = [
  { concurrency: 10, warmUp: 50, messages: 300 },
  { concurrency: 100, warmUp: 1_000, messages: 5_000 },
  { concurrency: 1_000, warmUp: 2_000, messages: 8_000 },
]
const FIGURES = ['rate', 'cpu', 'requests', 'rss'] as const

export const slow: Scenario = {
  about: () =>
    'As `consume`, with handlers that wait for 100 ms. At most ten messages a second are possible for each at once.',
  async run(options) {
    const comparisons: Comparison[] = []
    for (const { concurrency, ...size } of SIZES) {
      const [warmUp, messages] = [scaled(size.warmUp, options), scaled(size.messages, options)]
      const job = { concurrency, ms: 100, warmUp, messages }
      const variant = `concurrency ${concurrency.toLocaleString('en')}`
      comparisons.push(await compareConsumers(job, { ...options, variant, figures: FIGURES }))
    }
    return { comparisons }
  },
}
