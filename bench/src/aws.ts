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
  for (let at = 0; at < bodies.length; at += 10) {
    const entries = bodies
      .slice(at, at + 10)
      .map((body, index): SendMessageBatchRequestEntry => ({ Id: String(index), MessageBody: body }))
    const { Failed: failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }))
    if (failed.length > 0) throw new Error(`${failed.length} messages were not sent: ${failed[0]?.Message}`)
  }
}
