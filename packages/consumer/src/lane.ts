import type { HeldDelivery } from './held-delivery.ts'

/**
 * Deliveries to be handled one after another: one receive of one message group on a FIFO queue, a single delivery on a
 * standard one. Lanes of one key take turns: on FIFO that keeps the group's order when it comes again before the last
 * lane has ended; on standard a second delivery of a message waits for the first.
 */
export interface Lane {
  /** The message group, or the message id on a standard queue. */
  readonly key: string
  readonly fifo: boolean
  readonly deliveries: readonly HeldDelivery[]
  /** How many of them have had their turn, or have it. */
  begun: number
}

/** Splits one receive into lanes, in the order in which SQS gave the messages. */
export function lanesOf(deliveries: readonly HeldDelivery[], fifo: boolean): Lane[] {
  const lanes = Map.groupBy(deliveries, ({ received }) => (fifo ? (received.group ?? '') : received.messageId))
  return Array.from(lanes, ([key, members]) => ({ key, fifo, deliveries: members, begun: 0 }))
}

/** Whether a lease of it was lost: then nothing that has not begun may start. */
export function isLost(lane: Lane): boolean {
  return lane.deliveries.some(({ state }) => state === 'lost')
}
