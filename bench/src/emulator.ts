import { setTimeout as delay } from 'node:timers/promises'
import { CreateQueueCommand } from '@aws-sdk/client-sqs'
import { z } from 'zod'
import { createSqsClient } from './aws.ts'
import { startChild } from './child.ts'
import type { Place } from './peers/peer.ts'
import type { Requests } from './requests.ts'

/** An SQS with nothing in it, in a process of its own. */
export interface Emulator extends AsyncDisposable {
  /** A standard queue with SQS's defaults. */
  createQueue(name: string): Promise<Place>
  /** All so far. */
  requests(): Promise<Requests>
  /** How many are in its queues, hidden ones included. */
  messages(): Promise<number>
  /** Resolves when every message is deleted; rejects when that takes a minute. */
  empty(): Promise<void>
}

const Counts = z.record(z.string(), z.number())
const Queues = z.array(z.object({ approximateMessageCount: z.number(), approximateInflightCount: z.number() }))

/** `rtt`: milliseconds that go by before a request is taken, as on a way to AWS and back. */
export async function startEmulator(rtt = 0): Promise<Emulator> {
  const child = startChild('emulator-process.ts', String(rtt))
  const endpoint = z.url().parse(await child.told)
  const get = async (path: string): Promise<unknown> => (await fetch(new URL(path, endpoint))).json()

  async function createQueue(name: string): Promise<Place> {
    const sqs = createSqsClient(endpoint)
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
    sqs.destroy()
    return { endpoint, name, url }
  }

  /** Without a request of SQS, which would count. */
  async function messages(): Promise<number> {
    const queues = Queues.parse(await get('/_fauxqs/queues'))
    return queues.reduce((sum, queue) => sum + queue.approximateMessageCount + queue.approximateInflightCount, 0)
  }

  return {
    createQueue,
    requests: async () => Counts.parse(await get('/requests')),
    messages,
    async empty() {
      const deadline = performance.now() + 60_000
      while ((await messages()) > 0) {
        if (performance.now() > deadline) throw new Error(`${await messages()} messages were not deleted.`)
        await delay(50)
      }
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}
