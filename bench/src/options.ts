import { parseArgs } from 'node:util'
import { scenarios } from './scenarios/index.ts'
import type { Options, Scenario } from './scenarios/scenario.ts'

/** Wrong use of the command line: its message is for the user, together with the usage. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm --prefix bench start -- [scenario …] [options]

Scenarios: ${[...scenarios.keys()].join(', ')}.
Without one, all but soak.

  --rounds 5   how often every peer takes its turn
  --scale 1    sizes are multiplied by that: 0.05 for a try
  --soak       soak, too
  --write      run nothing: make docs/performance.md and its chart from the newest results of all scenarios
  --slow 10s   slow-handler: how long the slow handler takes
  --rtt 5ms    send: how long a request and its answer are on their way
  --help`

export interface Chosen extends Options {
  readonly chosen: readonly (readonly [name: string, scenario: Scenario])[]
  /** Whether to make the page from what has been run before. */
  readonly write: boolean
}

/** Undefined: help was asked for. */
export function parseOptions(args: readonly string[]): Chosen | undefined {
  const { values, positionals } = parsed(args)
  if (values.help) return undefined
  const byDefault = [...scenarios].filter(([, { onRequest = false }]) => !onRequest || values.soak)
  return {
    chosen: positionals.length > 0 ? positionals.map(named) : byDefault,
    write: values.write,
    rounds: positive('--rounds', values.rounds, /^\d+$/, 'a whole number above 0, as in 5'),
    scale: positive('--scale', values.scale, /^\d*\.?\d+$/, 'a number above 0, as in 0.05'),
    slow: milliseconds('--slow', values.slow),
    rtt: milliseconds('--rtt', values.rtt),
  }
}

function named(name: string): readonly [string, Scenario] {
  const scenario = scenarios.get(name)
  if (!scenario) throw new UsageError(`There is no scenario '${name}'. Write one of those below.`)
  return [name, scenario]
}

const flag = { type: 'boolean', default: false } as const

function text(value: string) {
  return { type: 'string', default: value } as const
}

function parsed(args: readonly string[]) {
  const options = {
    rounds: text('5'),
    scale: text('1'),
    slow: text('10s'),
    rtt: text('5ms'),
    soak: flag,
    write: flag,
    help: { ...flag, short: 'h' },
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function positive(option: string, text: string, pattern: RegExp, wanted: string): number {
  const value = pattern.test(text) ? Number(text) : 0
  if (value <= 0) throw new UsageError(`${option}: '${text}' is not ${wanted}.`)
  return value
}

function milliseconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d+)(ms|s)$/.exec(text) ?? []
  if (digits === undefined) throw new UsageError(`${option}: '${text}' is not a duration. Write it as in 60s or 5ms.`)
  return Number(digits) * (unit === 's' ? 1_000 : 1)
}
