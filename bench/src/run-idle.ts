import { z } from 'zod'
import { startEmulator } from './emulator.ts'
import { Sample } from './meter.ts'
import { type ConsumingPeerName, consumingPeers } from './peers/index.ts'
import { Place } from './peers/peer.ts'
import type { Requests } from './requests.ts'
import { runClient } from './run-client.ts'

/** What a process that waits is told to do. */
export const IdleOrder = z.object({
  peer: z.custom<ConsumingPeerName>((name) => typeof name === 'string' && Object.hasOwn(consumingPeers, name)),
  place: Place,
  concurrency: z.int(),
  ms: z.int(),
})

export interface IdleRun {
  readonly sample: Sample
  /** The client's, from its start. */
  readonly requests: Requests
}

/** One peer waits at an empty queue for `ms`: a new emulator, a new queue, a new process. */
export async function runIdle(peer: ConsumingPeerName, concurrency: number, ms: number): Promise<IdleRun> {
  await using emulator = await startEmulator()
  const place = await emulator.createQueue('orders')
  const order: z.input<typeof IdleOrder> = { peer, place, concurrency, ms }
  const run = await runClient(emulator, 'idle-process.ts', order, async (told) => Sample.parse(told))
  return { sample: run.result, requests: run.requests }
}
