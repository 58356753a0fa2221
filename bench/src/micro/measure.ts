import type { Part } from './part.ts'

/** CPU time of each part in milliseconds, round by round. The parts take turns, for at least `ms` each. */
export async function measure(parts: readonly Part[], rounds: number, ms: number): Promise<Map<Part, number[]>> {
  const counts = new Map<Part, number>()
  for (const part of parts) counts.set(part, await countFor(part, ms))
  const measured = new Map(parts.map((part): [Part, number[]] => [part, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [part, values] of measured) {
      const count = counts.get(part) ?? 1
      values.push((await cpuOf(part, count)) / count)
    }
  }
  return measured
}

/** How often takes so long, once V8 has compiled it: that is the warm-up, too. */
async function countFor(part: Part, ms: number): Promise<number> {
  let count = 100
  while ((await cpuOf(part, count)) < ms) count *= 2
  return count
}

/** In milliseconds, of the whole process: the collection of what it leaves behind is its own. */
async function cpuOf(part: Part, count: number): Promise<number> {
  const before = process.cpuUsage()
  await part.times(count)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
