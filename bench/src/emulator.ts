import { setTimeout as delay } from 'node:timers/promises'
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { z } from 'zod'
import { ACCOUNT, createSnsClient, createSqsClient, REGION } from './aws.ts'
import { startChild } from './child.ts'
import type { Place } from './peers/peer.ts'
import type { Requests } from './requests.ts'

/** SQS and SNS with nothing in them, in a process of their own. */
export interface Emulator extends AsyncDisposable {
  /** With SQS's defaults. A FIFO queue in high-throughput mode, `.fifo` added to its name. */
  createQueue(name: string, options?: { readonly fifo?: boolean }): Promise<Place>
  /** A standard topic that delivers to the queues, raw. */
  createTopic(name: string, queues: readonly Place[]): Promise<Place>
  /** All so far. */
  requests(): Promise<Requests>
  /** How many are in its queues, hidden ones included. */
  messages(): Promise<number>
  /** Resolves when every message is deleted; rejects when that takes 20 s: before what was not deleted comes again. */
  empty(): Promise<void>
}

const Counts = z.record(z.string(), z.number())

/** All that came to an emulator so far. */
export async function requestsAt(endpoint: string): Promise<Requests> {
  return Counts.parse(await (await fetch(new URL('/requests', endpoint))).json())
}

const Queues = z.array(z.object({ approximateMessageCount: z.number(), approximateInflightCount: z.number() }))
const FIFO = { FifoQueue: 'true', DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }

export interface EmulatorOptions {
  /** Milliseconds that go by before a request is taken, as on a way to AWS and back. Default: 0. */
  readonly rtt?: number
  /** Never sleeps: to wake it is the CPU of the client that sends, but not on a network. Takes a core. Default: false. */
  readonly awake?: boolean
}

export async function startEmulator({ rtt = 0, awake = false }: EmulatorOptions = {}): Promise<Emulator> {
  const child = startChild('emulator-process.ts', [String(rtt), String(awake)])
  const endpoint = z.url().parse(await child.told)
  const get = async (path: string): Promise<unknown> => (await fetch(new URL(path, endpoint))).json()

  /** Without a request of SQS, which would count. */
  async function messages(): Promise<number> {
    const queues = Queues.parse(await get('/_fauxqs/queues'))
    return queues.reduce((sum, queue) => sum + queue.approximateMessageCount + queue.approximateInflightCount, 0)
  }

  return {
    async createQueue(plain, { fifo = false } = {}) {
      const sqs = createSqsClient(endpoint)
      const name = fifo ? `${plain}.fifo` : plain
      const { QueueUrl: url = '' } = await sqs.createQueue({ QueueName: name, Attributes: fifo ? FIFO : {} })
      sqs.destroy()
      return { endpoint, name, url, fifo }
    },
    async createTopic(name, queues) {
      const sns = createSnsClient(endpoint)
      const { TopicArn: url = '' } = await sns.send(new CreateTopicCommand({ Name: name }))
      for (const queue of queues) {
        const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue.name}`
        const Attributes = { RawMessageDelivery: 'true' }
        await sns.send(new SubscribeCommand({ TopicArn: url, Protocol: 'sqs', Endpoint, Attributes }))
      }
      sns.destroy()
      return { endpoint, name, url, fifo: false }
    },
    requests: () => requestsAt(endpoint),
    messages,
    async empty() {
      const deadline = performance.now() + 20_000
      while ((await messages()) > 0) {
        if (performance.now() > deadline) throw new Error(`${await messages()} messages were not deleted.`)
        await delay(50)
      }
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}
