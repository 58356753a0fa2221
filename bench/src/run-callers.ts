import { z } from 'zod'
import { ContractName } from './contracts/index.ts'
import { startEmulator } from './emulator.ts'
import { Sample } from './meter.ts'
import { type ProducingPeerName, producingPeers } from './peers/index.ts'
import { Place } from './peers/peer.ts'
import type { Requests } from './requests.ts'
import { runClient } from './run-client.ts'

/** What a process of callers is told to do. */
export const CallersOrder = z.object({
  peer: z.custom<ProducingPeerName>((name) => typeof name === 'string' && Object.hasOwn(producingPeers, name)),
  place: Place,
  /** Whether the place is a topic. */
  topic: z.boolean(),
  contract: ContractName,
  callers: z.int(),
  warmUp: z.int(),
  messages: z.int(),
})

export interface CallersJob {
  readonly warmUp: number
  readonly messages: number
  readonly callers: number
  /** Default: `order`. */
  readonly contract?: ContractName
  /** To a topic with so many queues. Default: to a queue. */
  readonly fanOut?: number
}

export interface CallersRun {
  readonly sample: Sample
  /** The client's, warm-up included. */
  readonly requests: Requests
}

/** One peer sends for callers who each await their own send: a new emulator, a new queue or topic, a new process. */
export async function runCallers(peer: ProducingPeerName, job: CallersJob): Promise<CallersRun> {
  const { contract = 'order', fanOut, callers, warmUp, messages } = job
  await using emulator = await startEmulator()
  const names = Array.from({ length: fanOut ?? 1 }, (_, at) => `orders-${at}`)
  const queues: Place[] = []
  for (const name of names) queues.push(await emulator.createQueue(name))
  const topic = fanOut !== undefined
  const [place] = topic ? [await emulator.createTopic('orders', queues)] : queues
  if (!place) throw new Error('There is no queue.')
  const order: z.input<typeof CallersOrder> = { peer, place, topic, contract, callers, warmUp, messages }
  const wanted = (warmUp + messages) * queues.length
  const { result, requests } = await runClient(emulator, 'callers-process.ts', order, async (told) => {
    const there = await emulator.messages()
    if (there !== wanted) throw new Error(`${wanted} messages should be in the queues, and ${there} are.`)
    return Sample.parse(told)
  })
  return { sample: result, requests }
}
