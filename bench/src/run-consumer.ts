import { z } from 'zod'
import { startEmulator } from './emulator.ts'
import { type ConsumingPeerName, consumingPeers } from './peers/index.ts'
import { type Job, Place } from './peers/peer.ts'
import type { Requests } from './requests.ts'
import { runClient } from './run-client.ts'

/** What a consumer's process is told to do. */
export const ConsumerOrder = z.object({
  peer: z.custom<ConsumingPeerName>((name) => typeof name === 'string' && Object.hasOwn(consumingPeers, name)),
  place: Place,
  concurrency: z.int(),
  jobs: z.int(),
})

/** When a handler began and was done, in milliseconds since its client began to consume. */
export const Handled = z.object({ n: z.int(), started: z.number(), ended: z.number() })
export type Handled = z.output<typeof Handled>

export interface ConsumerRun {
  /** The peer's. */
  readonly title: string
  /** Each job once, in the order in which they were done. */
  readonly handled: readonly Handled[]
  /** The client's, until the last message was deleted. */
  readonly requests: Requests
}

/** One peer handles the jobs, sent before it starts: a new emulator, a new queue, a new process. */
export async function runConsumer(
  peer: ConsumingPeerName,
  jobs: readonly Job[],
  concurrency: number,
): Promise<ConsumerRun> {
  const { title, send } = consumingPeers[peer]
  console.error(`… ${title}`)
  await using emulator = await startEmulator()
  const place = await emulator.createQueue('jobs')
  await send(place, jobs)
  const order: z.input<typeof ConsumerOrder> = { peer, place, concurrency, jobs: jobs.length }
  const { result, requests } = await runClient(emulator, 'consumer-process.ts', order, async (told) => {
    const handled = z.array(Handled).parse(told)
    await emulator.empty()
    return handled
  })
  return { title, handled: result, requests }
}
