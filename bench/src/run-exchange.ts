import { z } from 'zod'
import { startEmulator } from './emulator.ts'
import { Sample } from './meter.ts'
import { type ExchangingPeerName, exchangingPeers } from './peers/index.ts'
import { Place } from './peers/peer.ts'
import type { Requests } from './requests.ts'
import { runClient } from './run-client.ts'

/** What a process that sends and handles is told to do. */
export const ExchangeOrder = z.object({
  peer: z.custom<ExchangingPeerName>((name) => typeof name === 'string' && Object.hasOwn(exchangingPeers, name)),
  place: Place,
  concurrency: z.int(),
  callers: z.int(),
  /** Of each caller between two sends, in milliseconds. */
  pause: z.number(),
  warmUp: z.int(),
  messages: z.int(),
})

export type ExchangeJob = Omit<z.output<typeof ExchangeOrder>, 'peer' | 'place'>

export interface ExchangeRun {
  readonly sample: Sample
  /** The client's, until the last message was deleted. */
  readonly requests: Requests
}

/** One peer sends and handles in one process: a new emulator, a new queue, a new process. */
export async function runExchange(peer: ExchangingPeerName, job: ExchangeJob): Promise<ExchangeRun> {
  await using emulator = await startEmulator()
  const place = await emulator.createQueue('orders')
  const order: z.input<typeof ExchangeOrder> = { ...job, peer, place }
  const { result, requests } = await runClient(emulator, 'exchange-process.ts', order, async (told) => {
    const sample = Sample.parse(told)
    await emulator.empty()
    return sample
  })
  return { sample: result, requests }
}
