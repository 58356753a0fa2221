import type { QueueName } from '../contracts.ts'
import type { History } from '../history.ts'
import type { Entry } from '../ledger.ts'
import type { DeadLetter } from '../queues.ts'

/** All that is known at the end of a run. */
export interface Evidence {
  readonly orders: number
  /** By Ctrl-C: not everything was published or handled. */
  readonly stoppedEarly: boolean
  readonly entries: readonly Entry[]
  readonly deadLetters: readonly DeadLetter[]
  /** How many messages are still in each queue. */
  readonly left: Readonly<Record<QueueName, number>>
}

/** One line of the table. */
export interface Row {
  readonly check: string
  readonly holds: boolean
  readonly found: string
}

/** The evidence, sorted by queue. */
export interface Case extends Evidence {
  readonly histories: Readonly<Record<QueueName, History>>
}
