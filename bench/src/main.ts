import { describeMachine } from './machine.ts'
import { parseOptions, USAGE, UsageError } from './options.ts'
import { format } from './table.ts'

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  if (!options) return console.log(USAGE)
  console.log(describeMachine())
  for (const [name, scenario] of options.chosen) {
    console.log(`\n${name}: ${scenario.about(options)}`)
    for (const table of await scenario.run(options)) console.log(`\n${format(table)}`)
  }
}

try {
  await main()
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
