import type { Comparison } from '../src/comparison.ts'
import { FigureName, type Figures } from '../src/figures.ts'
import type { Result } from '../src/results.ts'

/** Values round by round, by figure and peer. */
type Measured = Readonly<Record<string, Partial<Record<FigureName, readonly number[]>>>>

/** What a scenario told, of peers that have their names for titles. */
export function resultOf(scenario: string, variants: Readonly<Record<string, Measured>>): Result {
  const comparisons = Object.entries(variants).map(([variant, measured]) => comparisonOf(variant, measured))
  const unread = { about: '', began: '', seconds: 0, machine: '', rounds: 3, scale: 1, tables: [] }
  return { ...unread, scenario, comparisons }
}

function comparisonOf(variant: string, measured: Measured): Comparison {
  const peers = Object.entries(measured).map(([name, figures]) => ({ name, title: name, rounds: roundsOf(figures) }))
  const figures = FigureName.options.filter((figure) => Object.values(measured).some((one) => one[figure]))
  return { variant, figures, baseline: '', peers, leftOut: [] }
}

function roundsOf(figures: Measured[string]): Figures[] {
  const entries = Object.entries(figures)
  const rounds = Math.max(...entries.map(([, values]) => values.length))
  return Array.from({ length: rounds }, (_, round) =>
    Object.fromEntries(entries.map(([figure, values]) => [figure, values[round]])),
  )
}
