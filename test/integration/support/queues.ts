import type { QueueRef, ReceivedMessage, SendEntry } from '@waybill/sqs'
import { type AnyQueue, apply, type Connection, plan } from 'waybill'

export const CALL = { timeout: 15_000 }

export async function deploy(aws: Connection, queue: AnyQueue): Promise<QueueRef> {
  await apply(await plan(aws, [queue]))
  return aws.queue(queue)
}

export function deadLetterQueue(aws: Connection, { fifo, name }: AnyQueue): Promise<QueueRef> {
  return aws.queue({ name: `${name}-dead-letter`, fifo })
}

/** Sends a message as it is; gives SQS's id of it. */
export async function sendRaw(aws: Connection, queue: QueueRef, entry: SendEntry): Promise<string> {
  const [result] = await aws.sqs.send(queue, [entry], CALL)
  if (!result?.ok) throw new Error('It was not sent.', { cause: result?.error })
  return result.value.messageId
}

/** Takes one message, as another worker would, within ten seconds. */
export async function takeOne(aws: Connection, queue: QueueRef): Promise<ReceivedMessage> {
  const [message] = await aws.sqs.receive(queue, { max: 1, wait: 10, visibilityTimeout: 600 }, CALL)
  if (!message) throw new Error(`Nothing came to queue '${queue.name}'.`)
  return message
}

/** Takes what is visible now. */
export async function takeAll(aws: Connection, queue: QueueRef): Promise<readonly ReceivedMessage[]> {
  const all: ReceivedMessage[] = []
  for (;;) {
    const some = await aws.sqs.receive(queue, { max: 10, wait: 0, visibilityTimeout: 600 }, CALL)
    if (some.length === 0) return all
    all.push(...some)
  }
}

/** How many messages are in the queue, visible or not. */
export async function left(aws: Connection, queue: QueueRef): Promise<number> {
  const attributes = await aws.admin.queueAttributes(queue.url)
  return Number(attributes['ApproximateNumberOfMessages']) + Number(attributes['ApproximateNumberOfMessagesNotVisible'])
}
