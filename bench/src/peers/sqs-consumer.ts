import type { Message } from '@aws-sdk/client-sqs'
import { Consumer, type ConsumerOptions } from 'sqs-consumer'
import { createSqsClient, sendBodies } from '../aws.ts'
import { type ConsumingPeer, Job, type Place, type Work } from './peer.ts'

// A consumer receives a batch, handles all of it at once, and receives again when the last of it is done with.

export const sqsConsumer: ConsumingPeer = {
  title: 'sqs-consumer, batchSize 10',
  send,
  async consume(work) {
    start(work, 10, { handleMessage: (message) => handle(work, message) })
  },
}

/** Deletes ten in one request, but none before the last of them is handled. */
export const sqsConsumerBatch: ConsumingPeer = {
  title: 'sqs-consumer, batchSize 10, handleMessageBatch',
  send,
  async consume(work) {
    start(work, 10, {
      handleMessageBatch: (messages) => Promise.all(messages.map((message) => handle(work, message))),
    })
  },
}

/**
 * What its maintainers advise where handlers differ in length, or more is to run at once (issues 86 and 229): several
 * consumers. With one message each, nothing shares a batch with a slow one.
 */
export const sqsConsumerApart: ConsumingPeer = {
  title: 'sqs-consumer, batchSize 1, a consumer for each slot',
  send,
  async consume(work) {
    start(work, 1, { handleMessage: (message) => handle(work, message) })
  },
}

async function send({ endpoint, url }: Place, jobs: readonly Job[]): Promise<void> {
  const sqs = createSqsClient(endpoint)
  const bodies = jobs.map((job) => JSON.stringify(job))
  await sendBodies(sqs, url, bodies)
  sqs.destroy()
}

/** As many consumers as it takes for `concurrency` handlers at once. */
function start({ concurrency, place }: Work, batchSize: number, handler: Partial<ConsumerOptions>): void {
  const sqs = createSqsClient(place.endpoint)
  for (let slots = concurrency; slots > 0; slots -= batchSize) {
    const consumer = Consumer.create({
      ...handler,
      sqs,
      queueUrl: place.url,
      batchSize: Math.min(batchSize, slots),
      // As Waybill does by default: hidden for 30 s, and again about when half of that is gone.
      visibilityTimeout: 30,
      heartbeatInterval: 14,
    })
    for (const event of ['error', 'processing_error', 'timeout_error'] as const)
      consumer.on(event, (...[error]) => console.error(`sqs-consumer: ${error.message}`))
    consumer.start()
  }
}

/** Checks the message, as Waybill does. What it returns is deleted. */
async function handle(work: Work, message: Message): Promise<Message> {
  await work.handle(Job.parse(JSON.parse(message.Body ?? '')))
  return message
}
