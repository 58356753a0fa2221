import { parseArgs } from 'node:util'
import { scenarios } from './scenarios/index.ts'
import type { Options, Scenario } from './scenarios/scenario.ts'

/** Wrong use of the command line: its message is for the user, together with the usage. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm --prefix bench start -- [scenario …] [options]

Scenarios: ${[...scenarios.keys()].join(', ')}. Without one, all of them.

  --slow 60s   slow-handler: how long the slow handler takes, in seconds
  --help`

export interface Chosen extends Options {
  readonly chosen: readonly (readonly [name: string, scenario: Scenario])[]
}

/** Undefined: help was asked for. */
export function parseOptions(args: readonly string[]): Chosen | undefined {
  const { values, positionals } = parsed(args)
  if (values.help) return undefined
  const chosen = positionals.length > 0 ? positionals.map(named) : [...scenarios]
  return { chosen, slow: seconds('--slow', values.slow) }
}

function named(name: string): readonly [string, Scenario] {
  const scenario = scenarios.get(name)
  if (!scenario) throw new UsageError(`There is no scenario '${name}'.`)
  return [name, scenario]
}

function parsed(args: readonly string[]) {
  try {
    const slow = { type: 'string', default: '60s' } as const
    return parseArgs({ args: [...args], options: { slow, help: { type: 'boolean' } }, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** In milliseconds. */
function seconds(option: string, text: string): number {
  const [, digits] = /^(\d+)s$/.exec(text) ?? []
  if (digits === undefined) throw new UsageError(`${option}: '${text}' is not a number of seconds. Write it as in 60s.`)
  return Number(digits) * 1_000
}
