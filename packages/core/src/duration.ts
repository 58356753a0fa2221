import { OptionsError, quote } from './options.ts'

/** A length of time with its unit: `'250ms'`, `'30s'`, `'5m'`, `'12h'`, `'14d'`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const PATTERN = /^(\d+(?:\.\d+)?)([a-z]+)$/

function isUnit(text: string): text is keyof typeof UNITS {
  return Object.hasOwn(UNITS, text)
}

function parse(value: unknown): number | undefined {
  const [, digits, unit = ''] = (typeof value === 'string' && PATTERN.exec(value)) || []
  return isUnit(unit) ? Number(digits) * UNITS[unit] : undefined
}

function isDuration(value: unknown): value is Duration {
  return parse(value) !== undefined
}

/**
 * Reads a duration from outside, an environment variable for instance.
 *
 * @throws {OptionsError} when the text is not a duration; the message says what to write.
 * @example
 * stop({ timeout: duration(process.env.STOP_TIMEOUT ?? '25s') })
 */
export function duration(text: string, name = 'duration'): Duration {
  if (isDuration(text)) return text
  throw new OptionsError(`${name}: ${problem(text, ofMost)}`)
}

/**
 * The milliseconds in a duration. Throws an {@link OptionsError} that names the option when it is not one; `likely` is the
 * unit that is meant when there is none.
 */
export function milliseconds(value: unknown, name: string, likely: 'ms' | 's' = 's'): number {
  const ms = parse(value)
  if (ms === undefined) throw new OptionsError(`${name}: ${problem(value, (count) => (count < MANY ? likely : 'ms'))}`)
  return ms
}

/** A duration as whole seconds within SQS's bounds, both given in seconds. */
export function wholeSeconds(value: unknown, name: string, min: number, max: number, whose: string): number {
  const ms = parse(value)
  if (ms === undefined) throw new OptionsError(`${name}: ${problem(value, ofAws)}`)
  const seconds = ms / 1_000
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds
  throw new OptionsError(
    `${name}: ${quote(value)} is not whole seconds from ${readable(min)} to ${readable(max)} (${whose}).`,
  )
}

/** Who writes so many means milliseconds. */
const MANY = 500

const ofMost = (count: number) => (count < MANY ? 's' : 'ms')
/** What SQS has in seconds is copied as such: 345600 are four days. */
const ofAws = (count: number) => (count % 1_000 === 0 ? ofMost(count) : 's')

function problem(value: unknown, likely: (count: number) => 'ms' | 's'): string {
  const meant = typeof value === 'number' || typeof value === 'string' ? `${value}${likely(Number(value))}` : ''
  if (isDuration(meant)) return `${quote(value)} has no unit. Did you mean '${meant}'?`
  const word = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(value) : null
  const unit = word?.[2] && guess(word[2])
  if (word && unit) return `${quote(value)} is not a duration. Did you mean '${word[1]}${unit}'?`
  return `${quote(value)} is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'.`
}

function guess(word: string): string | undefined {
  const lower = word.toLowerCase()
  if (/^(ms|msecs?|millis|milliseconds?)$/.test(lower)) return 'ms'
  return /^(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)$/.test(lower) ? lower[0] : undefined
}

function readable(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find((name) => seconds > 0 && seconds % (UNITS[name] / 1_000) === 0)
  return unit ? `'${seconds / (UNITS[unit] / 1_000)}${unit}'` : `'${seconds}s'`
}
