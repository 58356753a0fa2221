import { z } from 'zod'
import { startChild } from './child.ts'
import { startEmulator } from './emulator.ts'
import { Sample } from './meter.ts'
import { type ConsumingPeerName, consumingPeers } from './peers/index.ts'
import { Place } from './peers/peer.ts'

/** What a process that waits is told to do. */
export const IdleOrder = z.object({
  /** Undefined: it does not even wait. */
  peer: z
    .custom<ConsumingPeerName>((name) => typeof name === 'string' && Object.hasOwn(consumingPeers, name))
    .optional(),
  place: Place,
  concurrency: z.int(),
  /** Milliseconds before the window: what a start takes, and the collection of its garbage, is not to be in it. */
  settling: z.int(),
  ms: z.int(),
})

/** What it tells of its window. */
export const IdleRun = z.object({ sample: Sample, requests: z.record(z.string(), z.int()) })
export type IdleRun = z.output<typeof IdleRun>

/** One peer waits at an empty queue, of which `ms` are measured: a new emulator, a new queue, a new process. */
export async function runIdle(peer: ConsumingPeerName | undefined, concurrency: number, ms: number): Promise<IdleRun> {
  await using emulator = await startEmulator()
  const place = await emulator.createQueue('orders')
  const order: z.input<typeof IdleOrder> = { peer, place, concurrency, settling: 45_000, ms }
  await using client = startChild('idle-process.ts', [JSON.stringify(order)])
  return IdleRun.parse(await client.told)
}
