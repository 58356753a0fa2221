import { compare } from '../comparison.ts'
import { idleFigures } from '../figures.ts'
import { consumingPeers } from '../peers/index.ts'
import { runIdle } from '../run-idle.ts'
import { CONSUMING } from './peer-sets.ts'
import { type Options, scaled, type Scenario } from './scenario.ts'

const NAMES = [...CONSUMING, 'nothing'] as const

export const idle: Scenario = {
  about: (options) =>
    `${Math.round(msOf(options) / 1_000)} s at an empty queue, at concurrency 80, from 45 s after the start. All peers and rounds at the same time, each with an emulator of its own.`,
  async run(options) {
    const comparison = await compare<(typeof NAMES)[number]>({
      variant: '',
      figures: ['requestsPerMinute', 'cpuPerMinute', 'rss'],
      peers: { ...consumingPeers, nothing: { title: 'a process that does nothing' } },
      names: NAMES,
      baseline: 'sdk-loops',
      rounds: options.rounds,
      atOnce: 'all',
      run: async (name) => idleFigures(await runIdle(name === 'nothing' ? undefined : name, 80, msOf(options))),
    })
    return { comparisons: [comparison] }
  },
}

/** Six long polls. */
function msOf(options: Options): number {
  return scaled(120_000, options)
}
