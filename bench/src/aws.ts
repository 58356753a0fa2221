import { type SendMessageBatchRequestEntry, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'

/** Emulators take any. */
export const REGION = 'us-east-1'
export const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' }

/** As everyone would make it, but for where it points. */
export function createSqsClient(endpoint: string): SQSClient {
  return new SQSClient({ endpoint, region: REGION, credentials: CREDENTIALS, useQueueUrlAsEndpoint: false })
}

/** Sends in order, ten at a time. */
export async function sendBodies(sqs: SQSClient, url: string, bodies: readonly string[]): Promise<void> {
  for (const ten of inTens(bodies)) await sendBatch(sqs, url, ten)
}

/** SQS takes ten messages in a request. */
export function inTens<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / 10) }, (_, n) => all.slice(n * 10, n * 10 + 10))
}

export async function sendBatch(sqs: SQSClient, url: string, bodies: readonly string[]): Promise<void> {
  const entries = bodies.map((body, index): SendMessageBatchRequestEntry => ({ Id: String(index), MessageBody: body }))
  const { Failed: failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }))
  if (failed.length > 0) throw new Error(`${failed.length} messages were not sent: ${failed[0]?.Message}`)
}
