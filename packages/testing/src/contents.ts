import { type Provenance, readProvenance } from '@waybill/sqs'
import type { SimulatedQueue } from './simulator/queue/queue.ts'
import type { StoredMessage } from './simulator/queue/message.ts'

/** A message in a simulated queue. */
export interface QueuedMessage {
  readonly messageId: string
  /** `waybill-id`, if it has one. */
  readonly id: string | undefined
  /** `waybill-type`, if it has one. */
  readonly type: string | undefined
  readonly body: string
  /** All message attributes. Binary values are base64. */
  readonly attributes: Readonly<Record<string, string>>
  readonly group: string | undefined
  /** Of a message that Waybill moved to a dead-letter queue: where from, and why. */
  readonly provenance: Provenance | undefined
  /** ApproximateReceiveCount of its last receive, 0 before the first. */
  readonly receives: number
  /** Milliseconds since 1970. */
  readonly sentAt: number
}

/** What is in a queue, in the order in which it came. */
export interface QueueContents {
  /** To be received. On FIFO, what waits behind its group is among it. */
  readonly visible: readonly QueuedMessage[]
  readonly inFlight: readonly QueuedMessage[]
  readonly delayed: readonly QueuedMessage[]
}

export function contentsOf(queue: SimulatedQueue): QueueContents {
  const messages = queue.messages()
  const of = (wanted: StoredMessage['state']) => messages.filter(({ state }) => state === wanted).map(describe)
  return { visible: of('visible'), inFlight: of('in-flight'), delayed: of('delayed') }
}

function describe(message: StoredMessage): QueuedMessage {
  const entries = Object.entries(message.attributes).map(([name, { BinaryValue, StringValue = '' }]) => {
    return [name, BinaryValue ? Buffer.from(BinaryValue).toString('base64') : StringValue] as const
  })
  const attributes = Object.fromEntries(entries)
  return {
    messageId: message.id,
    id: attributes['waybill-id'],
    type: attributes['waybill-type'],
    body: message.body,
    attributes,
    group: message.group,
    provenance: readProvenance(mapped(attributes)),
    receives: message.receivesBefore + message.receives,
    sentAt: message.sentAt,
  }
}

function mapped(attributes: QueuedMessage['attributes']) {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { type: 'String', value }]))
}
