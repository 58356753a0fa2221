import type { Comparison } from '../comparison.ts'
import { compareConsumers } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

const NAMES = ['waybill', 'waybill-direct', 'sdk-loops'] as const
const FIGURES = ['cpu', 'rate', 'requests', 'rss'] as const
const SITUATIONS = [
  { variant: 'concurrency 1', concurrency: 1, queues: 1, messages: 2_000 },
  // With one queue the first of those below, too.
  { variant: 'concurrency 10', concurrency: 10, queues: 1, messages: 30_000 },
  { variant: 'concurrency 100', concurrency: 100, queues: 1, messages: 30_000 },
  { variant: 'concurrency 1,000', concurrency: 1_000, queues: 1, messages: 30_000 },
  { variant: '10 queues, concurrency 10 each', concurrency: 10, queues: 10, messages: 30_000 },
  { variant: '50 queues, concurrency 10 each', concurrency: 10, queues: 50, messages: 30_000 },
]

export const growth: Scenario = {
  about:
    () => `As \`consume\`, to see whether a message costs more as concurrency grows, or the number of queues in a process. The emulator never sleeps
here: to wake it costs its client CPU, the more often the fewer requests it gets at once.`,
  async run(options) {
    const comparisons: Comparison[] = []
    for (const { variant, concurrency, queues, ...size } of SITUATIONS) {
      const messages = scaled(size.messages, options)
      const job = { concurrency, queues, awake: true, warmUp: messages, messages }
      comparisons.push(await compareConsumers(job, { ...options, variant, figures: FIGURES, names: NAMES }))
    }
    return { comparisons }
  },
}
