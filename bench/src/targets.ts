import { type Compared, type Comparison, valuesOf } from './comparison.ts'
import { ratioText, withSpread } from './comparison-table.ts'
import { type FigureName, figures } from './figures.ts'
import { titleOf } from './peers/index.ts'
import type { Result } from './results.ts'
import { ratioOf, type Spread, spreadOf } from './statistics.ts'

/** What Waybill is to stay within: a figure of one of its peers, at most so many times that of something else. */
interface Target {
  readonly scenario: string
  /** Default: the scenario's only one. */
  readonly variant?: string
  readonly peer: string
  readonly figure: FigureName
  readonly atMost: number
  /** A peer, the best of the other libraries, or the peer itself in another variant. Default: it is a value by itself. */
  readonly times?: { readonly peer: string } | { readonly variant: string } | 'the best library'
}

const sdkLoops = { peer: 'sdk-loops' }
const sdkBatch = { peer: 'sdk-batch' }

const grown = { scenario: 'growth', figure: 'cpu', atMost: 1.25, times: { variant: 'concurrency 10' } } as const

const targets: readonly Target[] = [...targetsOf('waybill', 1.25), ...targetsOf('waybill-direct', 1)]

/** `cost`: how many times the CPU of the SDK by hand. */
function targetsOf(peer: 'waybill' | 'waybill-direct', cost: number): Target[] {
  return [
    { scenario: 'consume', peer, figure: 'cpu', atMost: cost, times: sdkLoops },
    { scenario: 'produce', peer, figure: 'cpu', atMost: cost, times: sdkBatch },
    { scenario: 'consume', peer, figure: 'cpu', atMost: 1, times: 'the best library' },
    { scenario: 'produce', peer, figure: 'cpu', atMost: 1, times: 'the best library' },
    { scenario: 'consume', peer, figure: 'requests', atMost: 1.1, times: sdkLoops },
    { scenario: 'produce', peer, figure: 'requests', atMost: 1.1, times: sdkBatch },
    { scenario: 'idle', peer, figure: 'requestsPerMinute', atMost: 1, times: sdkLoops },
    { scenario: 'lone', peer: `${peer}-lone`, figure: 'p50', atMost: 1.25, times: { peer: 'sdk-lone' } },
    { ...grown, variant: 'concurrency 1,000', peer },
    { ...grown, variant: '50 queues, concurrency 10 each', peer },
    { scenario: 'soak', peer, figure: 'growth', atMost: 1_024 },
  ]
}

/** A row for each: what is to hold, what was measured, and whether it holds. */
export function targetRows(results: readonly Result[]): string[][] {
  return targets.map((target) => {
    const { comparisons = [] } = results.find(({ scenario }) => scenario === target.scenario) ?? {}
    const measured = measure(target, comparisons)
    const { format } = figures[target.figure]
    const text = measured && (target.times ? ratioText(measured) : withSpread(measured, format))
    return [
      wording(target),
      text ?? 'not measured',
      measured ? (measured.median <= target.atMost ? 'holds' : '**missed**') : '',
    ]
  })
}

function measure({ variant, peer, figure, times }: Target, comparisons: readonly Comparison[]): Spread | undefined {
  const at = (wanted = comparisons[0]?.variant) => comparisons.find((comparison) => comparison.variant === wanted)
  const own = at(variant)?.peers.find(({ name }) => name === peer)
  if (!own) return undefined
  if (times === undefined) return spreadOf(valuesOf(own, figure))
  const peers = times !== 'the best library' && 'variant' in times ? at(times.variant)?.peers : at(variant)?.peers
  const other = times === 'the best library' ? best(peers, figure) : find(peers, 'peer' in times ? times.peer : peer)
  return other && ratioOf(valuesOf(own, figure), valuesOf(other, figure))
}

function find(peers: readonly Compared[] = [], wanted: string): Compared | undefined {
  return peers.find(({ name }) => name === wanted)
}

/** Of those that are neither Waybill's nor the SDK by hand. */
function best(peers: readonly Compared[] = [], figure: FigureName): Compared | undefined {
  const least = (peer: Compared): number => spreadOf(valuesOf(peer, figure)).median
  return peers.filter(({ name }) => !/^(waybill|sdk)/.test(name)).toSorted((a, b) => least(a) - least(b))[0]
}

function wording({ scenario, variant, peer, figure, atMost, times }: Target): string {
  const { title, format } = figures[figure]
  const subject = `\`${scenario}\`${variant === undefined ? '' : `, ${variant}`}: ${title} of ${titleOf(peer)} at most`
  if (times === undefined) return `${subject} ${format(atMost)}`
  const object =
    times === 'the best library' ? `of ${times}` : 'peer' in times ? `of ${titleOf(times.peer)}` : `at ${times.variant}`
  return `${subject} ×${atMost} that ${object}`
}
