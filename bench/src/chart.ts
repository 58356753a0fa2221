import { type Comparison, valuesOf } from './comparison.ts'
import { type FigureName, figures } from './figures.ts'
import { spreadOf } from './statistics.ts'

export interface Panel {
  readonly title: string
  readonly comparison: Comparison
}

const WIDTH = 860
const LABELS = 330
const BAR = 18
const STEP = 28
const HEAD = 34

/** Bars for each peer, shorter is better, with a line from the least to the greatest round. Reads in light and in dark. */
export function chart(panels: readonly Panel[], figure: FigureName): string {
  let top = 10
  const parts: string[] = []
  for (const { title, comparison } of panels) {
    parts.push(panelAt(top, title, comparison, figure))
    top += HEAD + comparison.peers.length * STEP + 18
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img" aria-label="${figures[figure].title}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 15px }
  .peer { fill: #8c959f } .waybill { fill: #1a7f64 } .range { stroke: #24292f; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .peer { fill: #6e7681 } .waybill { fill: #3fb68b } .range { stroke: #e6edf3 }
  }
</style>
${parts.join('\n')}
</svg>
`
}

function panelAt(top: number, title: string, { peers }: Comparison, figure: FigureName): string {
  const spreads = peers.map((peer) => spreadOf(valuesOf(peer, figure)))
  const scale = (WIDTH - LABELS - 100) / Math.max(...spreads.map(({ max }) => max))
  const bars = peers.map(({ name, title: label }, at) => {
    const { median = 0, min = 0, max = 0 } = spreads[at] ?? {}
    const y = top + HEAD + at * STEP
    const kind = name.startsWith('waybill') ? 'waybill' : 'peer'
    const [from, to] = [LABELS + min * scale, LABELS + max * scale].map((x) => x.toFixed(1))
    return [
      text(LABELS - 10, y + 14, label, 'text-anchor="end"'),
      `<rect class="${kind}" x="${LABELS}" y="${y}" width="${(median * scale).toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<line class="range" x1="${from}" x2="${to}" y1="${y + BAR / 2}" y2="${y + BAR / 2}"/>`,
      text(LABELS + max * scale + 8, y + 14, figures[figure].format(median)),
    ].join('\n')
  })
  return [text(10, top + 18, title, 'class="title"'), ...bars].join('\n')
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${escaped}</text>`
}
