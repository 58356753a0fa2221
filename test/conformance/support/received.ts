import type { Account } from './account.ts'

/** A queue with one message, `m`, which has been received; `it` is what to change, extend or delete. */
export async function received(aws: Account, attributes: Readonly<Record<string, string>> = {}) {
  const fifo = attributes['FifoQueue'] === 'true' && { MessageGroupId: 'g', MessageDeduplicationId: 'm' }
  const url = await aws.createQueue(attributes)
  await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', ...fifo })
  const [{ ReceiptHandle = '' } = {}] = await aws.receive(url)
  return { url, it: { QueueUrl: url, ReceiptHandle } }
}
