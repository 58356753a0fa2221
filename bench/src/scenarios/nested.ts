import { compareConsumers } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

export const nested: Scenario = {
  about: () =>
    'As `consume`, with orders of about 2 KB: arrays of objects in objects, enums, optional fields. Checked with zod by all but the SDK.',
  async run(options) {
    const warmUp = scaled(4_000, options)
    const job = { concurrency: 80, contract: 'nested', warmUp, messages: scaled(4_000, options) } as const
    return { comparisons: [await compareConsumers(job, options)] }
  },
}
