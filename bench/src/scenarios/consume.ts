import { compareConsumers } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

export const consume: Scenario = {
  about: () =>
    'A backlog of orders of 130 bytes on a standard queue, handled at concurrency 80 by handlers that do nothing. The first half is a warm-up.',
  async run(options) {
    const job = { concurrency: 80, warmUp: scaled(15_000, options), messages: scaled(15_000, options) }
    return { comparisons: [await compareConsumers(job, options)] }
  },
}
