import { compare } from '../comparison.ts'
import type { Figures } from '../figures.ts'
import { type ConsumingPeerName, consumingPeers } from '../peers/index.ts'
import { runSoak, SMALL } from '../run-soak.ts'
import { slopeOf, stretches } from '../statistics.ts'
import { whole } from '../words.ts'
import { scaled, type Scenario } from './scenario.ts'

export const soak: Scenario = {
  onRequest: true,
  about: (
    options,
  ) => `${whole(scaled(1_000_000, options))} messages through one process at concurrency 80; another process keeps a backlog of some
thousands. RSS is sampled four times a second, after a warm-up of twice as many messages: until then now and then a page is touched for
the first time. Node runs as in a small container with one core: \`${SMALL.flags.join(' ')}\`, \`MALLOC_ARENA_MAX=${SMALL.env.MALLOC_ARENA_MAX}\`.

  growth           of RSS: the slope of the line by least squares, through its means over ten stretches
  standard error   of that slope; single samples would depend on each other
  CPU/message, messages/s   the producer and the emulator work beside it`,
  async run(options) {
    const comparison = await compare<ConsumingPeerName>({
      variant: '',
      figures: ['growth', 'growthError', 'rss', 'cpu', 'rate'],
      peers: consumingPeers,
      names: ['waybill', 'waybill-direct', 'sdk-loops'],
      baseline: 'sdk-loops',
      rounds: options.rounds,
      run: (name) => soaked(name, scaled(1_000_000, options)),
    })
    return { comparisons: [comparison] }
  },
}

async function soaked(name: ConsumingPeerName, messages: number): Promise<Figures> {
  const { sample, points } = await runSoak(name, messages)
  const { slope, error } = slopeOf(stretches(points, 10))
  return {
    growth: slope * 1_000,
    growthError: error * 1_000,
    rss: sample.rss,
    cpu: sample.cpu / 1_000 / sample.messages,
    rate: (sample.messages / sample.took) * 1_000,
  }
}
