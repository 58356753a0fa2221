import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import { SendMessageBatchCommand, SQS } from '@aws-sdk/client-sqs'
import { type Body, groupOf } from './contracts/body.ts'
import type { Place } from './peers/peer.ts'

/** Emulators take any. */
export const REGION = 'us-east-1'
export const ACCOUNT = '000000000000'
export const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' }

/** As everyone would make it, but for where it points. */
export function createSqsClient(endpoint: string): SQS {
  return new SQS({ endpoint, region: REGION, credentials: CREDENTIALS, useQueueUrlAsEndpoint: false })
}

/** For consumers. By default a client has 50 sockets: with more long polls than that, deletes would wait for their end. */
export function createPollingClient(endpoint: string): SQS {
  const requestHandler = { httpAgent: { keepAlive: true, maxSockets: Infinity } }
  return new SQS({ endpoint, region: REGION, credentials: CREDENTIALS, useQueueUrlAsEndpoint: false, requestHandler })
}

export function createSnsClient(endpoint: string): SNSClient {
  return new SNSClient({ endpoint, region: REGION, credentials: CREDENTIALS })
}

/** Sends in order, ten at a time. */
export async function sendBodies(place: Place, bodies: readonly Body[]): Promise<void> {
  const sqs = createSqsClient(place.endpoint)
  for (const ten of inTens(bodies)) await sendBatch(sqs, place, ten.map(outgoing(place)))
  sqs.destroy()
}

/** AWS takes ten messages in a request. */
export function inTens<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / 10) }, (_, n) => all.slice(n * 10, n * 10 + 10))
}

interface Outgoing {
  readonly MessageBody: string
  readonly MessageGroupId?: string
  readonly MessageDeduplicationId?: string
}

function outgoing({ fifo }: Place): (body: Body) => Outgoing {
  return (body) => {
    const MessageBody = JSON.stringify(body)
    return fifo ? { MessageBody, MessageGroupId: groupOf(body), MessageDeduplicationId: body.id } : { MessageBody }
  }
}

export async function sendBatch(sqs: SQS, { url }: Place, messages: readonly Outgoing[]): Promise<void> {
  const entries = messages.map((message, index) => ({ Id: String(index), ...message }))
  const { Failed: failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }))
  if (failed.length > 0) throw new Error(`${failed.length} messages were not sent: ${failed[0]?.Message}`)
}

export async function publishBatch(sns: SNSClient, { url }: Place, texts: readonly string[]): Promise<void> {
  const entries = texts.map((text, index) => ({ Id: String(index), Message: text }))
  const input = { TopicArn: url, PublishBatchRequestEntries: entries }
  const { Failed: failed = [] } = await sns.send(new PublishBatchCommand(input))
  if (failed.length > 0) throw new Error(`${failed.length} messages were not published: ${failed[0]?.Message}`)
}
