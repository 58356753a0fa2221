import { comparisonTable } from './comparison-table.ts'
import { describeMachine } from './machine.ts'
import { type Chosen, parseOptions, USAGE, UsageError } from './options.ts'
import { type Result, keep } from './results.ts'
import { scenarios } from './scenarios/index.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { format } from './table.ts'
import { writePage } from './write-page.ts'

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  if (!options) return console.log(USAGE)
  if (options.write) return writePage()
  const machine = describeMachine()
  console.log(machine)
  for (const [name, scenario] of options.chosen) keep(await run(name, scenario, options, machine))
  const names = new Set(options.chosen.map(([name]) => name))
  const all = [...scenarios].every(([name, { onRequest = false }]) => onRequest || names.has(name))
  if (all && options.scale === 1) writePage()
  else console.error('docs/performance.md is as it was: it takes all scenarios at scale 1, or --write.')
}

async function run(name: string, scenario: Scenario, options: Chosen, machine: string): Promise<Result> {
  const about = scenario.about(options)
  console.log(`\n${name}: ${about}`)
  const began = new Date()
  const { comparisons = [], tables = [] } = await scenario.run(options)
  const seconds = Math.round((Date.now() - began.getTime()) / 1_000)
  for (const table of [...comparisons.map(comparisonTable), ...tables]) console.log(`\n${format(table)}`)
  const { rounds, scale } = options
  const kept = { comparisons: [...comparisons], tables: [...tables] }
  return { scenario: name, about, began: began.toISOString(), seconds, machine, rounds, scale, ...kept }
}

try {
  await main()
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
