import { type Compared, type Comparison, valuesOf } from './comparison.ts'
import { type FigureName, figures } from './figures.ts'
import { ratioOf, type Spread, spreadOf } from './statistics.ts'
import type { Table } from './table.ts'

/** A row for each peer, a column for each figure: its median and spread, and below its ratio to the baseline. */
export function comparisonTable({ variant, figures: shown, baseline, peers, leftOut }: Comparison): Table {
  const base = peers.find(({ name }) => name === baseline)
  return {
    columns: [variant, ...shown.map((name) => figures[name].title)],
    rows: peers.map((peer) => [peer.title, ...shown.map((name) => cell(peer, base, name))]),
    notes: leftOut.map(({ title, reason }) => `Without ${title}: ${reason}.`),
  }
}

function cell(peer: Compared, base: Compared | undefined, figure: FigureName): string {
  const values = valuesOf(peer, figure)
  if (values.length === 0) return ''
  const value = withSpread(spreadOf(values), figures[figure].format)
  if (peer.name === base?.name && !figures[figure].single) return `${value}\nbaseline`
  return base && !figures[figure].single ? `${value}\n${ratioText(ratioOf(values, valuesOf(base, figure)))}` : value
}

export function ratioText(ratio: Spread): string {
  return `×${withSpread(ratio, (value) => value.toFixed(2))}`
}

export function withSpread({ median, min, max }: Spread, format: (value: number) => string): string {
  const [least, middle, most] = [min, median, max].map(format)
  return least === most ? `${middle}` : `${middle} (${least}–${most})`
}
