import type { Row } from './checks/evidence.ts'

/** The checked table, and what it comes to. */
export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ check }) => check.length))
  const lines = rows.map(({ check, found, holds }) => `${holds ? 'holds ' : 'FAILS '} ${check.padEnd(width)}  ${found}`)
  return ['', ...lines, '', verdict(rows)].join('\n')
}

function verdict(rows: readonly Row[]): string {
  const failed = rows.filter(({ holds }) => !holds)
  if (failed.length === 0) return `All ${rows.length} checks hold.`
  return `${failed.length} of ${rows.length} checks do not hold: ${failed.map(({ check }) => check).join('; ')}.`
}
