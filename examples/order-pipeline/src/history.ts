import type { QueueName } from './contracts.ts'
import type { Entry, Handled, Killed, Published } from './ledger.ts'
import { takes } from './orders.ts'

/** What a queue's workers did with what was published to it. */
export interface History {
  readonly published: readonly Published[]
  /** In the order in which it happened. */
  readonly handled: readonly Handled[]
  /** First handlings. */
  readonly first: ReadonlySet<Handled>
  /**
   * Handled again because a worker was killed: the message was handled by a worker that had been killed by the time it was
   * handled again. Sound because SQS brings back only what was in flight: what that worker held and had not deleted.
   */
  readonly again: ReadonlySet<Handled>
  /** Handled again without that excuse, or never published. */
  readonly wrong: ReadonlySet<Handled>
  readonly killed: readonly Killed[]
  /** How many messages can come again at most; Infinity where SQS's counts are no proof. */
  readonly inFlight: number
}

export function historyOf(queue: QueueName, entries: readonly Entry[]): History {
  const published = entries.filter((entry) => entry.kind === 'published').filter(({ type }) => takes(queue, type))
  const known = new Set(published.map(({ message }) => message))
  const first = new Set<Handled>()
  const again = new Set<Handled>()
  const wrong = new Set<Handled>()
  const killed: Killed[] = []
  const lastBy = new Map<string, number>()
  for (const entry of entries) {
    if (entry.kind === 'killed' && entry.queue === queue) killed.push(entry)
    if (entry.kind !== 'handled' || entry.queue !== queue) continue
    const before = lastBy.get(entry.message)
    if (!known.has(entry.message)) wrong.add(entry)
    else if (before === undefined) first.add(entry)
    else (killed.some(({ worker }) => worker === before) ? again : wrong).add(entry)
    lastBy.set(entry.message, entry.worker)
  }
  const inFlight = killed.reduce((sum, kill) => sum + (kill.inFlight ?? Infinity), 0)
  const handled = entries.filter((entry) => entry.kind === 'handled').filter((entry) => entry.queue === queue)
  return { published, handled, first, again, wrong, killed, inFlight }
}

/**
 * Orders whose messages were not handled one after the other. Only the kill of whoever handled the last one lets an order
 * start again, at what is repeated.
 */
export function outOfOrder({ again, handled, killed, published }: History): string[] {
  const due = Map.groupBy(published, ({ order }) => order)
  const done = Map.groupBy(handled, ({ order }) => order)
  const orders = due.entries().filter(([order, messages]) => {
    let next = 0
    let last: Handled | undefined
    for (const entry of done.get(order) ?? []) {
      const index = messages.findIndex(({ message }) => message === entry.message)
      const startsAgain = again.has(entry) && killed.some(({ at, worker }) => worker === last?.worker && at <= entry.at)
      if (index !== next && !(startsAgain && index < next)) return true
      next = index + 1
      last = entry
    }
    return false
  })
  return Array.from(orders, ([order]) => order)
}
