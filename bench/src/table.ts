import { z } from 'zod'

/** The first column names the rows. A cell may have several lines. */
export const Table = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
  /** What to know when reading it. Printed below, one a line. */
  notes: z.array(z.string()),
})
export type Table = z.output<typeof Table>

/** Aligned: names to the left, values to the right. */
export function format({ columns, rows, notes }: Table): string {
  const lines = [columns, ...rows].flatMap(linesOf)
  const widths = columns.map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ')
  return [...lines.map((cells) => line(cells).trimEnd()), ...notes].join('\n')
}

function linesOf(cells: readonly string[]): string[][] {
  const split = cells.map((cell) => cell.split('\n'))
  const height = Math.max(...split.map((lines) => lines.length))
  return Array.from({ length: height }, (_, at) => split.map((lines) => lines[at] ?? ''))
}

/** To the right. */
const VALUE = /^$|^[×\d-]|^none$/

/** For GitHub. */
export function markdown({ columns, rows, notes }: Table): string {
  const ruler = columns.map((_, at) => (rows.every((cells) => VALUE.test(cells[at] ?? '')) ? '---:' : '---'))
  const table = [columns, ruler, ...rows].map(markdownLine).join('\n')
  return [table, ...notes.map((note) => note.trim())].join('\n\n')
}

function markdownLine(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |`
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', '<br>')
}
