import {
  DeleteMessageBatchCommand,
  type DeleteMessageBatchRequestEntry,
  type Message,
  ReceiveMessageCommand,
  type SQS,
} from '@aws-sdk/client-sqs'
import { createPollingClient, sendBodies } from '../aws.ts'
import { isBody } from '../contracts/body.ts'
import type { ConsumingPeer, Work } from './peer.ts'
import { sharedBy } from './shared-by.ts'

/** As one writes it by hand: a loop for each ten slots, each handles what it received and deletes it in one request. */
export const sdkLoops: ConsumingPeer = {
  send: (place, _contract, bodies) => sendBodies(place, bodies),
  async consume(work) {
    const sqs = clientOf(work.place.endpoint)
    for (let slots = work.concurrency; slots > 0; slots -= 10) {
      loop(sqs, work, Math.min(10, slots)).catch((error: unknown) => {
        console.error(error)
        process.exit(1)
      })
    }
  },
}

const clientOf = sharedBy(createPollingClient)

async function loop(sqs: SQS, work: Work, batch: number): Promise<never> {
  const { url, fifo } = work.place
  const receive = { QueueUrl: url, MaxNumberOfMessages: batch, WaitTimeSeconds: 20 }
  for (;;) {
    const { Messages: messages = [] } = await sqs.send(new ReceiveMessageCommand(receive))
    if (messages.length === 0) continue
    if (fifo) for (const message of messages) await handle(work, message)
    else await Promise.all(messages.map(async (message) => handle(work, message)))
    const entries = messages.map(entryOf)
    const { Failed: failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: entries }))
    if (failed.length > 0) throw new Error(`${failed.length} messages were not deleted: ${failed[0]?.Message}`)
  }
}

function entryOf({ ReceiptHandle }: Message, index: number): DeleteMessageBatchRequestEntry {
  return { Id: String(index), ReceiptHandle }
}

/** Parsed, and no more than that. */
async function handle(work: Work, { Body: text = '' }: Message): Promise<void> {
  const body: unknown = JSON.parse(text)
  if (!isBody(body)) throw new Error(`This is no order: ${text}`)
  await work.handle(body)
}
