import { type Compared, type Comparison, valuesOf } from './comparison.ts'
import { ratioText, withSpread } from './comparison-table.ts'
import { type FigureName, figures } from './figures.ts'
import { titleOf } from './peers/index.ts'
import type { Result } from './results.ts'
import { differenceOf, errorOf, mean, ratioOf, type Spread, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'
import { targets, type Target } from './target-list.ts'
import { placeOf, share } from './words.ts'

/** A row for each: what is to hold, what was measured, and whether it holds. */
export function targetTable(results: readonly Result[]): Table {
  const judged = targets.map((target) => {
    const result = results.find(({ scenario }) => scenario === target.scenario)
    return { target, verdict: result && judge(target, result.comparisons) }
  })
  const missed = judged.filter(({ verdict }) => verdict?.holds === false)
  return {
    columns: ['target', 'measured', ''],
    rows: judged.map(({ target, verdict }) => [
      wording(target),
      verdict?.text ?? 'not measured',
      verdict === undefined ? '' : verdict.holds ? 'holds' : '**missed**',
    ]),
    notes: [...new Set(missed.flatMap(({ target: { ifMissed } }) => ifMissed ?? []))],
  }
}

interface Verdict {
  readonly text: string
  readonly holds: boolean
}

function judge({ scenario, variant, peer, figure, is }: Target, comparisons: readonly Comparison[]): Verdict {
  const { format } = figures[figure]
  const at = (wanted = comparisons[0]?.variant): readonly Compared[] =>
    comparisons.find((comparison) => comparison.variant === wanted)?.peers ?? []
  const valuesIn = (peers: readonly Compared[], wanted: string, of = figure): readonly number[] => {
    const found = peers.find(({ name }) => name === wanted)
    const values = found ? valuesOf(found, of) : []
    if (values.length === 0) throw new Error(`${scenario} has no figure '${of}' of '${wanted}'. A target is of it.`)
    return values
  }
  const values = valuesIn(at(variant), peer)
  switch (is.kind) {
    case 'at most':
      return atMost(is.value, spreadOf(values), (spread) => withSpread(spread, format))
    case 'zero within': {
      const error = values.length > 1 ? errorOf(values) : mean(valuesIn(at(variant), peer, is.error))
      return { text: `${format(mean(values))} ± ${format(error)}`, holds: Math.abs(mean(values)) <= 2 * error }
    }
    case 'flat': {
      const ratio = ratioOf(values, valuesIn(at(is.base), peer))
      return { text: ratioText(ratio), holds: Math.abs(ratio.median - 1) <= is.within }
    }
    case 'times':
      return atMost(is.value, ratioOf(values, valuesIn(at(variant), is.peer)), ratioText)
    case 'beyond': {
      const beyond = differenceOf(values, valuesIn(at(variant), is.peer))
      return atMost(is.value, beyond, (spread) => withSpread(spread, format))
    }
    case 'best': {
      const { name, title } = best(at(variant), figure)
      const ratio = ratioOf(values, valuesIn(at(variant), name))
      const holds = figures[figure].better === 'lower' ? ratio.median <= 1 : ratio.median >= 1
      return { text: `${ratioText(ratio)} (${title})`, holds }
    }
  }
}

function atMost(value: number, measured: Spread, text: (measured: Spread) => string): Verdict {
  return { text: text(measured), holds: measured.median <= value }
}

/** Of those that are not Waybill's: the SDK by hand is one of them. */
function best(peers: readonly Compared[], figure: FigureName): Compared {
  const sign = figures[figure].better === 'lower' ? 1 : -1
  const worth = (peer: Compared): number => sign * spreadOf(valuesOf(peer, figure)).median
  const others = peers.filter((peer) => !peer.name.startsWith('waybill') && valuesOf(peer, figure).length > 0)
  const [first] = others.toSorted((a, b) => worth(a) - worth(b))
  if (!first) throw new Error(`No other peer has figure '${figure}'. A target is to be the best.`)
  return first
}

function wording({ scenario, variant, peer, figure, is }: Target): string {
  const { title, format } = figures[figure]
  const subject = `${placeOf(scenario, variant)}: ${title} of ${titleOf(peer)}`
  switch (is.kind) {
    case 'at most':
      return `${subject} at most ${format(is.value)}`
    case 'zero within':
      return `${subject} zero within twice its standard error, over the mean of the rounds`
    case 'times':
      return `${subject} at most ×${is.value} that of ${titleOf(is.peer)}`
    case 'flat':
      return `${subject} within ±${share(is.within)} of that at ${is.base}`
    case 'beyond':
      return `${subject} at most ${format(is.value)} beyond that of ${titleOf(is.peer)}`
    case 'best':
      return `${subject} no worse than that of any other peer`
  }
}
