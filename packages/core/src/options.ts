import { WaybillError } from './error.ts'

/** An option that can't be used. The message quotes the value, the bound, whose bound it is, and what to write. */
export class OptionsError extends WaybillError<'invalid-option'> {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid-option', message, options)
  }
}

/** Checks a whole number and returns it. `whose` completes the sentence: `concurrency: 0 is not …`. */
export function integerOption(name: string, value: unknown, min: number, max: number, whose = ''): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  throw new OptionsError(`${name}: ${quote(value)} is not a whole number ${range}${whose && ` (${whose})`}.`)
}

/** A value as a user would write it, short enough for a sentence. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}
