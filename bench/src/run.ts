import { z } from 'zod'
import { startChild } from './child.ts'
import { startEmulator } from './emulator.ts'
import { type PeerName, peers } from './peers/index.ts'
import { type Job, Place } from './peers/peer.ts'
import { type Requests, since } from './requests.ts'

/** What a client process is told to do. */
export const Order = z.object({
  peer: z.custom<PeerName>((name) => typeof name === 'string' && Object.hasOwn(peers, name)),
  place: Place,
  concurrency: z.int(),
  jobs: z.int(),
})

/** When a handler began and was done, in milliseconds since its client began to consume. */
export const Handled = z.object({ n: z.int(), started: z.number(), ended: z.number() })
export type Handled = z.output<typeof Handled>

export interface Run {
  /** The peer's. */
  readonly title: string
  /** Each job once, in the order in which they were done. */
  readonly handled: readonly Handled[]
  /** The client's, until the last message was deleted. */
  readonly requests: Requests
}

/** One peer handles the jobs, sent before it starts: a new emulator, a new queue, a new process. */
export async function run(peer: PeerName, jobs: readonly Job[], concurrency: number): Promise<Run> {
  const { title, send } = peers[peer]
  console.error(`… ${title}`)
  await using emulator = await startEmulator()
  const place = await emulator.createQueue('jobs')
  await send(place, jobs)
  const before = await emulator.requests()
  const order: z.input<typeof Order> = { peer, place, concurrency, jobs: jobs.length }
  await using client = startChild('client.ts', JSON.stringify(order))
  const handled = z.array(Handled).parse(await client.told)
  await emulator.empty()
  return { title, handled, requests: since(before, await emulator.requests()) }
}
