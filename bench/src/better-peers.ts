import { type Compared, type Comparison, valuesOf } from './comparison.ts'
import { ratioText } from './comparison-table.ts'
import { type FigureName, figures } from './figures.ts'
import type { Result } from './results.ts'
import { ratioOf, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'
import { placeOf } from './words.ts'

/** Each figure in which another peer is better than that one of Waybill's, whatever the reason. */
export function betterPeers(results: readonly Result[], than: 'waybill' | 'waybill-direct'): Table {
  const rows = results.flatMap(({ scenario, comparisons }) =>
    comparisons.flatMap((comparison) => rowsOf(scenario, comparison, than)),
  )
  return { columns: ['where', 'figure', 'its own', 'better'], rows, notes: [] }
}

function rowsOf(scenario: string, { variant, figures: shown, peers }: Comparison, than: string): string[][] {
  const own = peers.find(({ name }) => name === than || name === `${than}-lone`)
  if (!own) return []
  const others = peers.filter(({ name }) => !name.startsWith('waybill'))
  return shown.flatMap((figure) => {
    const { title, format, single } = figures[figure]
    const better = single ? [] : others.flatMap((peer) => betterText(figure, own, peer))
    return better.length === 0
      ? []
      : [[placeOf(scenario, variant), title, format(medianOf(own, figure)), better.join('\n')]]
  })
}

/** Nothing when it is not better, or not by as much as can be read. */
function betterText(figure: FigureName, own: Compared, peer: Compared): string[] {
  const { better, format } = figures[figure]
  const ratio = ratioOf(valuesOf(peer, figure), valuesOf(own, figure))
  const text = format(medianOf(peer, figure))
  if (better === 'lower' ? !(ratio.median < 1) : !(ratio.median > 1)) return []
  if (text === format(medianOf(own, figure))) return []
  const always = better === 'lower' ? ratio.max < 1 : ratio.min > 1
  return [`${peer.title}: ${text}, ${ratioText(ratio)}${always ? '' : ', not in every round'}`]
}

function medianOf(peer: Compared, figure: FigureName): number {
  return spreadOf(valuesOf(peer, figure)).median
}
