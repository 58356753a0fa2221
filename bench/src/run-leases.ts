import { z } from 'zod'
import { startChild } from './child.ts'

/** What a process that holds leases tells. */
export const LeaseRun = z.object({
  /** Milliseconds of the window. */
  took: z.number(),
  /** Milliseconds of CPU in it. */
  cpu: z.number(),
  requests: z.int(),
  /** Milliseconds of CPU for a request that renews ten leases, by itself. */
  request: z.number(),
})
export type LeaseRun = z.output<typeof LeaseRun>

/** A process that does nothing but hold so many leases, for `ms` after the first of them were due. */
export async function runLeases(held: number, ms: number): Promise<LeaseRun> {
  await using child = startChild('lease-process.ts', [String(held), String(ms)])
  return LeaseRun.parse(await child.told)
}
