import { compare } from '../comparison.ts'
import type { Figures } from '../figures.ts'
import type { Peer } from '../peers/peer.ts'
import { type LeaseRun, runLeases } from '../run-leases.ts'
import { whole } from '../words.ts'
import { type Options, scaled, type Scenario } from './scenario.ts'

const SIZES = new Map([10, 100, 1_000, 10_000, 100_000].map((held) => [`${whole(held)} in flight`, held]))
const NAMES = Array.from(SIZES.keys())

export const leases: Scenario = {
  about: (
    options,
  ) => `Waybill's lease manager for ${Math.round(msOf(options) / 1_000)} s of real time: leases of 30 s, received over 12 s, each renewed when half of it is gone. Requests are answered at once, without HTTP, which is not in it. All sizes of a round at the same time.

  core          the share of a core that it takes: the CPU of its process
  renewals      of that: as many requests times what one takes by itself
  upkeep        the rest: knowing what is due, and when
  CPU/request   of one that renews ten leases`,
  async run(options) {
    const peers: Readonly<Record<string, Peer>> = Object.fromEntries(NAMES.map((title) => [title, { title }]))
    const comparison = await compare<string>({
      variant: '',
      figures: ['core', 'renewals', 'upkeep', 'requestsPerSecond', 'cpuPerRequest'],
      peers,
      names: NAMES,
      baseline: '',
      rounds: options.rounds,
      atOnce: 'round',
      run: async (name) => figuresOf(await runLeases(SIZES.get(name) ?? 0, msOf(options))),
    })
    return { comparisons: [comparison] }
  },
}

/** Two periods of renewal: of a part of one, it depends on where it falls how many renewals it has. */
function msOf(options: Options): number {
  return scaled(30_000, options)
}

function figuresOf({ cpu, request, requests, took }: LeaseRun): Figures {
  const [core, renewals] = [cpu / took, (requests * request) / took]
  return {
    core,
    renewals,
    upkeep: core - renewals,
    requestsPerSecond: (requests / took) * 1_000,
    cpuPerRequest: request,
  }
}
