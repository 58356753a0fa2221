import { compare } from '../comparison.ts'
import { type Figures, idleFigures } from '../figures.ts'
import { type ConsumingPeerName, consumingPeers } from '../peers/index.ts'
import { runIdle } from '../run-idle.ts'
import { CONSUMING } from './peer-sets.ts'
import { scaled, type Scenario } from './scenario.ts'

export const idle: Scenario = {
  about: (
    options,
  ) => `${Math.round(scaled(45_000, options) / 1_000)} s at an empty queue, at concurrency 80, all peers at the same time, once.

  requests/minute   of the consumer, from its start: what looks up the queue is among them`,
  async run(options) {
    const ms = scaled(45_000, options)
    const waiting = new Map<ConsumingPeerName, Promise<Figures>>()
    for (const name of CONSUMING) waiting.set(name, runIdle(name, 80, ms).then(idleFigures))
    await Promise.all(waiting.values())
    const comparison = await compare<ConsumingPeerName>({
      variant: '',
      figures: ['requestsPerMinute', 'cpuPerMinute', 'rss'],
      peers: consumingPeers,
      names: CONSUMING,
      baseline: 'sdk-loops',
      rounds: 1,
      run: async (name) => (await waiting.get(name)) ?? {},
    })
    return { comparisons: [comparison] }
  },
}
