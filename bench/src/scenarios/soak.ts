import { compare } from '../comparison.ts'
import type { Figures } from '../figures.ts'
import { type ConsumingPeerName, consumingPeers } from '../peers/index.ts'
import { runSoak, SMALL, type Soaked } from '../run-soak.ts'
import { slopeOf, stretches } from '../statistics.ts'
import { whole } from '../words.ts'
import { scaled, type Scenario } from './scenario.ts'

const STRETCHES = 10

export const soak: Scenario = {
  onRequest: true,
  about: (
    options,
  ) => `${whole(scaled(1_000_000, options))} messages through one process at concurrency 80; another process keeps a backlog of some
thousands. RSS is sampled four times a second, after a warm-up of twice as many messages: until then now and then a page is touched for
the first time. So that small growth shows, Node has little room, one thread that collects and one arena to allocate in:
\`${SMALL.flags.join(' ')}\`, \`MALLOC_ARENA_MAX=${SMALL.env.MALLOC_ARENA_MAX}\`.

  growth           of RSS: the slope of the line by least squares, through its means over ten stretches
  standard error   of that slope; single samples would depend on each other
  heap growth      likewise, through the least that V8's heap held in each stretch: what collections leave`,
  async run(options) {
    const comparison = await compare<ConsumingPeerName>({
      variant: '',
      figures: ['growth', 'growthError', 'heapGrowth', 'rss'],
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
  const { slope, error } = slopeOf(stretches(over(points, 'rss'), STRETCHES))
  const heap = slopeOf(stretches(over(points, 'heap'), STRETCHES, (held) => Math.min(...held)))
  return { growth: slope * 1_000, growthError: error * 1_000, heapGrowth: heap.slope * 1_000, rss: sample.rss }
}

function over(points: Soaked['points'], what: 'rss' | 'heap') {
  return points.map((point) => [point.handled, point[what]] as const)
}
