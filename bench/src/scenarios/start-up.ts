import { compare } from '../comparison.ts'
import { packedPackages } from '../packed.ts'
import type { Peer } from '../peers/peer.ts'
import { runImport } from '../run-import.ts'
import type { Options, Scenario } from './scenario.ts'

/** All of Waybill's, each after those that it needs, and what they stand on. */
const NAMES = [
  'zod',
  'pino',
  '@aws-sdk/client-sqs',
  '@waybill/core',
  '@waybill/schema',
  '@waybill/sqs',
  '@waybill/provision',
  '@waybill/producer',
  '@waybill/consumer',
  '@waybill/testing',
  'waybill',
]
const ROUNDS = 9

export const startUp: Scenario = {
  about: (
    options,
  ) => `What \`import\` takes in a new process, nothing loaded before it, files in the system's cache. ${roundsOf(options)} rounds.

  modules             loaded, Node's own not counted
  packed, installed   of the package itself, without what it depends on`,
  async run(options) {
    const packed = packedPackages()
    const peers: Readonly<Record<string, Peer>> = Object.fromEntries(NAMES.map((title) => [title, { title }]))
    const comparison = await compare<string>({
      variant: '',
      figures: ['import', 'importCpu', 'modules', 'packed', 'installed'],
      peers,
      names: NAMES,
      baseline: '',
      rounds: roundsOf(options),
      async run(name) {
        const { took, cpu, modules } = await runImport(name)
        return {
          import: took,
          importCpu: cpu,
          modules,
          ...packed.get(name),
        }
      },
    })
    return { comparisons: [comparison] }
  },
}

function roundsOf({ scale }: Options): number {
  return Math.max(1, Math.round(ROUNDS * Math.min(1, scale)))
}
