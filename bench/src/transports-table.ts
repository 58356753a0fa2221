import { type Comparison, valuesOf } from './comparison.ts'
import { ratioText } from './comparison-table.ts'
import { type FigureName, figures } from './figures.ts'
import type { Result } from './results.ts'
import { ratioOf } from './statistics.ts'
import type { Table } from './table.ts'
import { placeOf } from './words.ts'

const FIGURES: readonly FigureName[] = ['cpu', 'rate', 'allocated', 'rss']

/** Wherever both of Waybill's transports ran: how many times the default's each figure of direct is. */
export function transportsTable(results: readonly Result[]): Table {
  return {
    columns: ['', ...FIGURES.map((figure) => figures[figure].title)],
    rows: results.flatMap(({ scenario, comparisons }) =>
      comparisons.flatMap((comparison) => rowOf(scenario, comparison)),
    ),
    notes: [],
  }
}

function rowOf(scenario: string, { variant, figures: shown, peers }: Comparison): string[][] {
  const [sdk, direct] = ['waybill', 'waybill-direct'].map((wanted) => peers.find(({ name }) => name === wanted))
  if (!sdk || !direct || !shown.includes('cpu')) return []
  const cells = FIGURES.map((figure) =>
    shown.includes(figure) ? ratioText(ratioOf(valuesOf(direct, figure), valuesOf(sdk, figure))) : '',
  )
  return [[placeOf(scenario, variant), ...cells]]
}
