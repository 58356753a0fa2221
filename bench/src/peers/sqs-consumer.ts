import type { Message } from '@aws-sdk/client-sqs'
import { Consumer, type ConsumerOptions } from 'sqs-consumer'
import { createPollingClient, sendBodies } from '../aws.ts'
import type { ConsumingPeer, Work } from './peer.ts'
import { sharedBy } from './shared-by.ts'

// A consumer receives a batch, handles all of it at once, and receives again when the last of it is done with.

export const sqsConsumer: ConsumingPeer = {
  send: (place, _contract, bodies) => sendBodies(place, bodies),
  async consume(work) {
    start(work, 10, { handleMessage: (message) => handle(work, message) })
  },
}

/** Deletes ten in one request, but none before the last of them is handled. On FIFO one after another, for the order. */
export const sqsConsumerBatch: ConsumingPeer = {
  send: (place, _contract, bodies) => sendBodies(place, bodies),
  async consume(work) {
    start(work, 10, { handleMessageBatch: (messages) => (work.place.fifo ? inTurn : atOnce)(work, messages) })
  },
}

/**
 * What its maintainers advise where handlers differ in length, or more is to run at once (issues 86 and 229): several
 * consumers. With one message each, nothing shares a batch with a slow one.
 */
export const sqsConsumerApart: ConsumingPeer = {
  send: (place, _contract, bodies) => sendBodies(place, bodies),
  async consume(work) {
    start(work, 1, { handleMessage: (message) => handle(work, message) })
  },
}

const clientOf = sharedBy(createPollingClient)

/** As many consumers as it takes for `concurrency` handlers at once. */
function start({ concurrency, place }: Work, batchSize: number, handler: Partial<ConsumerOptions>): void {
  for (let slots = concurrency; slots > 0; slots -= batchSize) {
    const consumer = Consumer.create({
      ...handler,
      sqs: clientOf(place.endpoint),
      queueUrl: place.url,
      batchSize: Math.min(batchSize, slots),
      suppressFifoWarning: true,
      // As Waybill does by default: hidden for 30 s, and again about when half of that is gone.
      visibilityTimeout: 30,
      heartbeatInterval: 14,
    })
    for (const event of ['error', 'processing_error', 'timeout_error'] as const)
      consumer.on(event, (...[error]) => console.error(`sqs-consumer: ${error.message}`))
    consumer.start()
  }
}

function atOnce(work: Work, messages: readonly Message[]): Promise<Message[]> {
  return Promise.all(messages.map(async (message) => handle(work, message)))
}

async function inTurn(work: Work, messages: readonly Message[]): Promise<Message[]> {
  const handled: Message[] = []
  for (const message of messages) handled.push(await handle(work, message))
  return handled
}

/** Checks the message, as Waybill does. What it returns is deleted. */
async function handle(work: Work, message: Message): Promise<Message> {
  await work.handle(work.contract.schema.parse(JSON.parse(message.Body ?? '')))
  return message
}
