import { type Connection, readProvenance } from 'waybill'
import { z } from 'zod'
import { queueNames, type QueueName, queues } from './contracts.ts'

/** What SQS says of a queue; on AWS its counts are approximate. */
export interface Depth {
  readonly waiting: number
  /** Received and neither deleted nor visible again. */
  readonly inFlight: number
  /** In its dead-letter queue. */
  readonly dead: number
}
export type Depths = Readonly<Record<QueueName, Depth>>

export async function readDepths(connection: Connection): Promise<Depths> {
  const [receipts, stock, recommendations] = await Promise.all([
    readDepth(connection, 'receipts'),
    readDepth(connection, 'stock'),
    readDepth(connection, 'recommendations'),
  ])
  return { receipts, stock, recommendations }
}

export async function readDepth(connection: Connection, name: QueueName): Promise<Depth> {
  const [queue, deadLetters] = await Promise.all([connection.queue(queues[name]), deadLetterQueue(connection, name)])
  const [own, theirs] = await Promise.all([
    connection.admin.queueAttributes(queue.url),
    connection.admin.queueAttributes(deadLetters.url),
  ])
  const waiting = count(own, 'Messages') + count(own, 'MessagesDelayed')
  return { waiting, inFlight: count(own, 'MessagesNotVisible'), dead: count(theirs, 'Messages') }
}

/** How many messages are in each queue, seen or not. */
export function left(depths: Depths): Readonly<Record<QueueName, number>> {
  const of = ({ waiting, inFlight }: Depth) => waiting + inFlight
  return { receipts: of(depths.receipts), stock: of(depths.stock), recommendations: of(depths.recommendations) }
}

/** A message in a dead-letter queue, with what `waybill-dead-letter` says. */
export interface DeadLetter {
  readonly queue: QueueName
  /** Of the order it is about, when its body says so. */
  readonly order: string | undefined
  /** SQS's id of the original; undefined, as the rest, when the message says nothing of where it comes from. */
  readonly sqsMessageId: string | undefined
  readonly attempts: number | undefined
  readonly reason: string | undefined
}

/** All messages of the dead-letter queues. They stay there. */
export async function readDeadLetters(connection: Connection): Promise<DeadLetter[]> {
  const all = await Promise.all(queueNames.map((name) => readDeadLettersOf(connection, name)))
  return all.flat()
}

const AboutOrder = z.object({ orderId: z.string() })

async function readDeadLettersOf(connection: Connection, queue: QueueName): Promise<DeadLetter[]> {
  const from = await deadLetterQueue(connection, queue)
  const found: DeadLetter[] = []
  for (;;) {
    const messages = await connection.sqs.receive(
      from,
      { max: 10, wait: 1, visibilityTimeout: 60 },
      { timeout: 10_000 },
    )
    if (messages.length === 0) return found
    for (const { body, attributes } of messages) {
      const provenance = readProvenance(attributes)
      found.push({
        queue,
        order: AboutOrder.safeParse(json(body)).data?.orderId,
        sqsMessageId: provenance?.messageId,
        attempts: provenance?.attempts,
        reason: provenance?.reason,
      })
    }
  }
}

function deadLetterQueue(connection: Connection, name: QueueName) {
  return connection.queue({ name: `${name}-dead-letter`, fifo: queues[name].fifo })
}

function count(attributes: Readonly<Record<string, string>>, what: string): number {
  return Number(attributes[`ApproximateNumberOf${what}`] ?? 0)
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
