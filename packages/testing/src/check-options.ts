import { OptionsError, quote } from '@waybill/core'

/** Checks how likely something is, and returns it. */
export function likelihoodOption(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw new OptionsError(`${name}: ${quote(value)} is not a number from 0 to 1. Write 0.05 for one in twenty.`)
}

/** `likely` is what to write. */
export function checkFunction(name: string, value: unknown, likely: string): void {
  if (typeof value === 'function') return
  throw new OptionsError(`${name}: ${quote(value)} is not a function. Write ${likely}.`)
}

/** Refuses what is not one of these names. */
export function checkOneOf(name: string, value: unknown, names: readonly string[]): void {
  if (typeof value === 'string' && names.includes(value)) return
  const [last, ...others] = names.map((each) => quote(each)).toReversed()
  throw new OptionsError(`${name}: ${quote(value)} is unknown. Write ${others.toReversed().join(', ')} or ${last}.`)
}
