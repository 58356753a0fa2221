import { WaybillError } from './error.ts'

/** An option that can't be used. The message quotes the value, the bound, whose bound it is, and what to write. */
export class OptionsError extends WaybillError<'invalid-option'> {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid-option', message, options)
  }
}

/** Checks a whole number and returns it. `whose` completes the sentence: `concurrency: 0 is not …`. */
export function integerOption(name: string, value: unknown, min: number, max: number, whose = ''): number {
  const fits = (number: number) => Number.isInteger(number) && number >= min && number <= max
  if (typeof value === 'number' && fits(value)) return value
  // as it comes from the environment
  const isText = typeof value === 'string' && fits(Number(value))
  const wrong = `${name}: ${quote(value)} is ${isText ? 'a string, ' : ''}not ${rangeOf(min, max)}`
  throw new OptionsError(`${wrong}${whose && ` (${whose})`}.${isText ? ` Write ${Number(value)}.` : ''}`)
}

function rangeOf(min: number, max: number): string {
  if (min === max) return `${min}`
  return `a whole number ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`
}

/** A value as a user would write it, short enough for a sentence. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'object' && value !== null ? kindOf(value) : String(value)
}

/** `an array`, `a Promise`, `a Map`, else `an object`. */
function kindOf(value: object): string {
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
  if (kind === 'Array' || kind === 'Object') return `an ${kind.toLowerCase()}`
  return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`
}
