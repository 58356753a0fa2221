import { z } from 'zod'
import { startEmulator } from './emulator.ts'
import { type LoadName, loads } from './loads.ts'
import { type ProducingPeerName, producingPeers } from './peers/index.ts'
import { Place } from './peers/peer.ts'
import type { Requests } from './requests.ts'
import { runClient } from './run-client.ts'

/** What a producer's process is told to do. */
export const ProducerOrder = z.object({
  peer: z.custom<ProducingPeerName>((name) => typeof name === 'string' && Object.hasOwn(producingPeers, name)),
  place: Place,
  load: z.custom<LoadName>((name) => typeof name === 'string' && Object.hasOwn(loads, name)),
  /** Arrivals. */
  warmUp: z.int(),
  times: z.int(),
})

/** Times in milliseconds, without the warm-up. */
export const Timed = z.object({
  /** Of each send, from when its message came. */
  latencies: z.array(z.number()),
  /** Of each request. */
  roundTrips: z.array(z.number()),
  took: z.number(),
  /** The process's, user and system. */
  cpu: z.number(),
  /** How often batches closed for which reason, warm-up included; empty for a peer that has no reasons. */
  closed: z.record(z.string(), z.number()),
})
export type Timed = z.output<typeof Timed>

export interface ProducerRun extends Timed {
  /** The peer's. */
  readonly title: string
  /** How many were sent, warm-up included. */
  readonly messages: number
  /** The client's, warm-up included. */
  readonly requests: Requests
}

/** One peer sends what a load brings, each request answered after `rtt`: a new emulator, a new queue, a new process. */
export async function runProducer(
  peer: ProducingPeerName,
  load: LoadName,
  { rtt, scale }: { readonly rtt: number; readonly scale: number },
): Promise<ProducerRun> {
  const { title } = producingPeers[peer]
  console.error(`… ${load}: ${title}`)
  await using emulator = await startEmulator({ rtt })
  const place = await emulator.createQueue('jobs')
  const { atHand } = loads[load]
  const warmUp = Math.ceil(loads[load].warmUp * scale)
  const times = Math.ceil(loads[load].times * scale)
  const messages = atHand * (warmUp + times)
  const order: z.input<typeof ProducerOrder> = { peer, place, load, warmUp, times }
  const { result, requests } = await runClient(emulator, 'producer-process.ts', order, async (told) => {
    const there = await emulator.messages()
    if (there !== messages) throw new Error(`${messages} messages were sent, and ${there} are there.`)
    return Timed.parse(told)
  })
  return { title, messages, requests, ...result }
}
