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

/**
 * The mean slope from point to point, and its standard error. For what moves by steps that stay, as a process's memory does: about
 * a line through all points, one step would look like a trend without an error.
 */
export function driftOf(points: readonly Point[]): { slope: number; error: number } {
  const slopes = points.slice(1).map(([x, y], at) => {
    const [beforeX, beforeY] = points[at] ?? [NaN, NaN]
    return (y - beforeY) / (x - beforeX)
  })
  const slope = mean(slopes)
  const squares = slopes.reduce((sum, each) => sum + (each - slope) ** 2, 0)
  return { slope, error: Math.sqrt(squares / (slopes.length - 1) / slopes.length) }
}

/** The means of so many stretches of points, of equal length. */
export function stretches(points: readonly Point[], count: number): Point[] {
  return Array.from({ length: count }, (_, at) => {
    const part = points.slice(Math.round((at * points.length) / count), Math.round(((at + 1) * points.length) / count))
    return [mean(part.map(([x]) => x)), mean(part.map(([, y]) => y))] as const
  }).filter(([x]) => !Number.isNaN(x))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
