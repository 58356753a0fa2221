/** The first column names the rows. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What to know when reading it. Printed below. */
  readonly note?: string
}

/** Aligned: names to the left, values to the right. */
export function format({ columns, rows, note }: Table): string {
  const lines = [columns, ...rows]
  const widths = columns.map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ')
  return [...lines.map(line), ...(note === undefined ? [] : [note])].join('\n')
}
