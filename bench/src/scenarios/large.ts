import { compareConsumers } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

export const large: Scenario = {
  about: () => 'As `consume`, with bodies of 64 KiB, and fewer of them.',
  async run(options) {
    const warmUp = scaled(200, options)
    const job = { concurrency: 80, contract: 'large', warmUp, messages: scaled(800, options) } as const
    return { comparisons: [await compareConsumers(job, options)] }
  },
}
