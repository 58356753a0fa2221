import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { Comparison } from './comparison.ts'
import { Table } from './table.ts'

/** What one run of a scenario told. */
export const Result = z.object({
  scenario: z.string(),
  about: z.string(),
  /** When it began, as ISO 8601. */
  began: z.string(),
  /** How long it took. */
  seconds: z.number(),
  machine: z.string(),
  rounds: z.int(),
  scale: z.number(),
  comparisons: z.array(Comparison),
  tables: z.array(Table),
})
export type Result = z.output<typeof Result>

/** Not in version control. */
const DIRECTORY = fileURLToPath(new URL('../results/', import.meta.url))

/** In the place of the scenario's last one at that scale. */
export function keep(result: Result): void {
  mkdirSync(DIRECTORY, { recursive: true })
  writeFileSync(fileOf(result.scenario, result.scale), `${JSON.stringify(result, undefined, 1)}\n`)
}

/** The newest result of a scenario at scale 1, if there is one. */
export function kept(scenario: string): Result | undefined {
  const file = fileOf(scenario, 1)
  return existsSync(file) ? Result.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

function fileOf(scenario: string, scale: number): string {
  return `${DIRECTORY}${scenario}${scale === 1 ? '' : `@${scale}`}.json`
}
