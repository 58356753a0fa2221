import type { ReceivedMessage } from '@waybill/sqs'
import { vi } from 'vitest'
import { apply, type Connection, createProducer, plan } from 'waybill'
import type { queueOf, Work } from './contracts.ts'
import { PATIENCE } from './with-workers.ts'

type WorkQueue = ReturnType<typeof queueOf>
type AnyWorkQueue = Pick<WorkQueue, 'name' | 'fifo'>

/** By `waybill-id`. */
export type Messages = ReadonlyMap<string, Work>

/** `count` messages for each group. */
export function messagesOf(
  groups: number,
  count: number,
  work: (group: number, n: number) => Omit<Work, 'of'>,
): Messages {
  const all = new Map<string, Work>()
  for (let n = 0; n < count; n++)
    for (let group = 0; group < groups; group++) all.set(`${group}:${n}`, { of: String(group), ...work(group, n) })
  return all
}

/** Ids by group, each group's in the order of `ids`. */
export const byGroup = (ids: Iterable<string>) => Map.groupBy(ids, (id) => id.split(':')[0])

/** Makes the queue, with its dead-letter queue, and sends to it. */
export async function fill(aws: Connection, queue: WorkQueue, messages: Messages): Promise<void> {
  await apply(await plan(aws, [queue]))
  await using producer = createProducer(aws, queue, { timeout: '1m' })
  await Promise.all(Array.from(messages, ([id, work]) => producer.send('work', work, { id })))
}

export const deadLettersOf = ({ fifo, name }: AnyWorkQueue): AnyWorkQueue => ({ name: `${name}-dead-letter`, fifo })

/** How many messages SQS says there are. */
export async function depthOf(aws: Connection, queue: AnyWorkQueue) {
  const { url } = await aws.queue(queue)
  const attributes = await aws.admin.queueAttributes(url)
  return {
    visible: Number(attributes['ApproximateNumberOfMessages']),
    inFlight: Number(attributes['ApproximateNumberOfMessagesNotVisible']),
  }
}

export async function untilEmpty(aws: Connection, queue: AnyWorkQueue): Promise<void> {
  const isEmpty = async () => Object.values(await depthOf(aws, queue)).every((count) => count === 0)
  await vi.waitUntil(isEmpty, { timeout: PATIENCE, interval: 100 })
}

/** Receives and deletes what is visible. */
export async function takeAll(aws: Connection, queue: AnyWorkQueue): Promise<readonly ReceivedMessage[]> {
  const found = await aws.queue(queue)
  const all: ReceivedMessage[] = []
  for (;;) {
    const some = await aws.sqs.receive(found, { max: 10, wait: 1, visibilityTimeout: 60 }, { timeout: 10_000 })
    if (some.length === 0) return all
    all.push(...some)
    const handles = some.map(({ receiptHandle }) => receiptHandle)
    await aws.sqs.delete(found, handles, { timeout: 10_000 })
  }
}

export const idOf = ({ attributes }: ReceivedMessage) => String(attributes['waybill-id']?.value)
