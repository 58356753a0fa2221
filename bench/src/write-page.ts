import { writeFileSync } from 'node:fs'
import { chart } from './chart.ts'
import { page } from './page.ts'
import { UsageError } from './options.ts'
import { kept, type Result } from './results.ts'
import { scenarios } from './scenarios/index.ts'

/** Writes docs/performance.md and its chart of the newest results. Throws when a scenario was never run at scale 1. */
export function writePage(): void {
  const results: Result[] = []
  for (const [name, { onRequest = false }] of scenarios) {
    const result = kept(name)
    if (result) results.push(result)
    else if (!onRequest)
      throw new UsageError(`There is no result of ${name} at scale 1: npm --prefix bench start -- ${name}`)
  }
  write('performance.md', page(results))
  write('performance.svg', chart(panels(results), 'cpu'))
}

function panels(results: readonly Result[]) {
  return ['consume', 'produce'].flatMap((name) => {
    const comparison = results.find(({ scenario }) => scenario === name)?.comparisons[0]
    return comparison ? [{ title: `CPU per message: ${name}`, comparison }] : []
  })
}

function write(name: string, text: string): void {
  const file = new URL(`../../docs/${name}`, import.meta.url)
  writeFileSync(file, text)
  console.error(`Written: docs/${name}`)
}
