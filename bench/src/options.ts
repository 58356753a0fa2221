import { parseArgs } from 'node:util'
import { scenarios } from './scenarios/index.ts'
import type { Options, Scenario } from './scenarios/scenario.ts'

/** Wrong use of the command line: its message is for the user, together with the usage. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm --prefix bench start -- [scenario …] [options]

Scenarios: ${[...scenarios.keys()].join(', ')}. Without one, all of them.

  --slow 60s   slow-handler: how long the slow handler takes
  --rtt 5ms    send: how long a request and its answer are on their way
  --help`

export interface Chosen extends Options {
  readonly chosen: readonly (readonly [name: string, scenario: Scenario])[]
}

/** Undefined: help was asked for. */
export function parseOptions(args: readonly string[]): Chosen | undefined {
  const { values, positionals } = parsed(args)
  if (values.help) return undefined
  const chosen = positionals.length > 0 ? positionals.map(named) : [...scenarios]
  return { chosen, slow: milliseconds('--slow', values.slow), rtt: milliseconds('--rtt', values.rtt) }
}

function named(name: string): readonly [string, Scenario] {
  const scenario = scenarios.get(name)
  if (!scenario) throw new UsageError(`There is no scenario '${name}'.`)
  return [name, scenario]
}

function parsed(args: readonly string[]) {
  try {
    const slow = { type: 'string', default: '60s' } as const
    const rtt = { type: 'string', default: '5ms' } as const
    return parseArgs({ args: [...args], options: { slow, rtt, help: { type: 'boolean' } }, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function milliseconds(option: string, text: string): number {
  const [, digits, unit] = /^(\d+)(ms|s)$/.exec(text) ?? []
  if (digits === undefined) throw new UsageError(`${option}: '${text}' is not a duration. Write it as in 60s or 5ms.`)
  return Number(digits) * (unit === 's' ? 1_000 : 1)
}
