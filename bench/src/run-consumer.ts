import { z } from 'zod'
import type { Body } from './contracts/body.ts'
import { bodiesOf, ContractName, contracts } from './contracts/index.ts'
import { startEmulator } from './emulator.ts'
import { Sample } from './meter.ts'
import { type ConsumingPeerName, consumingPeers } from './peers/index.ts'
import { Place } from './peers/peer.ts'
import type { Requests } from './requests.ts'
import { runClient } from './run-client.ts'

/** What a consumer's process is told to do. */
export const ConsumerOrder = z.object({
  peer: z.custom<ConsumingPeerName>((name) => typeof name === 'string' && Object.hasOwn(consumingPeers, name)),
  places: z.array(Place),
  /** In each queue. */
  concurrency: z.int(),
  contract: ContractName,
  warmUp: z.int(),
  messages: z.int(),
  fifo: z.boolean(),
  record: z.boolean(),
})

/** When a handler began and was done, in milliseconds since its client began to consume. */
const Handled = z.object({ n: z.int(), started: z.number(), ended: z.number() })
export type Handled = z.output<typeof Handled>

/** What a consumer's process tells: each message in the order in which they were done, if they were to be recorded. */
export const Consumption = z.object({ sample: Sample, handled: z.array(Handled) })
export type Consumption = z.output<typeof Consumption>

export interface ConsumerJob {
  /** Over all queues. */
  readonly messages: number
  /** Default: 0. */
  readonly warmUp?: number
  /** In each queue. */
  readonly concurrency: number
  /** Default: `order`. */
  readonly contract?: ContractName
  /** Milliseconds that each handler takes. Default: 0. */
  readonly ms?: number
  /** Default: 1. */
  readonly queues?: number
  /** Default: false. */
  readonly fifo?: boolean
  /** Instead of messages of the contract: numbered from 0, as many as there are messages. */
  readonly bodies?: readonly Body[]
  /** Whether to tell when each was handled. Default: false. */
  readonly record?: boolean
  /** Whether the emulator never sleeps. Default: false. */
  readonly awake?: boolean
}

export interface ConsumerRun extends Consumption {
  /** The client's, until the last message was deleted. */
  readonly requests: Requests
}

/** One peer handles a backlog, sent before it starts: a new emulator, new queues, a new process. */
export async function runConsumer(peer: ConsumingPeerName, job: ConsumerJob): Promise<ConsumerRun> {
  const {
    messages,
    warmUp = 0,
    concurrency,
    contract = 'order',
    ms = 0,
    queues = 1,
    fifo = false,
    record = false,
    awake = false,
  } = job
  await using emulator = await startEmulator({ awake })
  const { bodies = bodiesOf(contracts[contract], warmUp + messages, ms) } = job
  const sending = await consumingPeers[peer].load()
  const places: Place[] = []
  for (let at = 0; at < queues; at++) {
    const place = await emulator.createQueue(`orders-${at}`, { fifo })
    const share = queues === 1 ? bodies : bodies.filter(({ n }) => n % queues === at)
    await sending.send(place, contracts[contract], share)
    places.push(place)
  }
  const order: z.input<typeof ConsumerOrder> = { peer, places, concurrency, contract, warmUp, messages, fifo, record }
  const { result, requests } = await runClient(emulator, 'consumer-process.ts', order, async (told) => {
    const consumption = Consumption.parse(told)
    await emulator.empty()
    return consumption
  })
  return { ...result, requests }
}
