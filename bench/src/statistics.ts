import { percentile } from './percentile.ts'

type Point = readonly [x: number, y: number]

/** The median of some values, and the least and the greatest of them. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  const low = percentile(values, 0.5)
  const high = -percentile(
    values.map((value) => -value),
    0.5,
  )
  return { median: (low + high) / 2, min: Math.min(...values), max: Math.max(...values) }
}

/** Of the ratios round by round: what a whole round had against it, its neighbours had too. */
export function ratioOf(values: readonly number[], baseline: readonly number[]): Spread {
  return spreadOf(values.map((value, round) => value / (baseline[round] ?? NaN)))
}

/** Likewise, of the differences. */
export function differenceOf(values: readonly number[], baseline: readonly number[]): Spread {
  return spreadOf(values.map((value, round) => value - (baseline[round] ?? NaN)))
}

/** The slope of the line through the points by least squares, and its standard error. */
export function slopeOf(points: readonly Point[]): { slope: number; error: number } {
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  const sxx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / sxx
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0)
  return { slope, error: Math.sqrt(rest / (points.length - 2) / sxx) }
}

/** The standard error of the mean of several rounds. */
export function errorOf(values: readonly number[]): number {
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}

/** So many stretches of points, of equal length: the mean of what they are over, and the mean of them, or the least. */
export function stretches(points: readonly Point[], count: number, of: typeof mean = mean): Point[] {
  return Array.from({ length: count }, (_, at) =>
    points.slice(Math.round((at * points.length) / count), Math.round(((at + 1) * points.length) / count)),
  )
    .filter((part) => part.length > 0)
    .map((part) => [mean(part.map(([x]) => x)), of(part.map(([, y]) => y))] as const)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
