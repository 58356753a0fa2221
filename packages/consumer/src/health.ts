import type { Clock } from '@waybill/core'
import type { State } from './consumer-state.ts'
import type { Engine } from './engine.ts'

/** How a consumer is at one moment. Ages are milliseconds. */
export interface Health {
  readonly state: State
  /** Since SQS last answered a poll; undefined: never yet. Grows while all slots are taken, and while AWS can't be reached. */
  readonly lastPollAge: number | undefined
  /** For how long there has been room for messages without a poll that began or ended. Minutes of it are a stall: restart. */
  readonly stalledFor: number
  /** Handlers that run, items of batches counted singly. */
  readonly running: number
  /** How long the handler that began first has been running; 0 when none runs. */
  readonly oldestHandlerAge: number
  /** Deliveries held: waiting, running, parked, or on their way to be deleted. */
  readonly held: number
}

export function healthOf(state: State, engine: Engine | undefined, clock: Clock): Health {
  if (!engine) return { state, lastPollAge: undefined, stalledFor: 0, running: 0, oldestHandlerAge: 0, held: 0 }
  const { leases, receiver, runs } = engine
  const now = clock.now()
  const oldest = runs.running.first?.value.since ?? now
  return {
    state,
    lastPollAge: receiver.answered === undefined ? undefined : Math.round(now - receiver.answered),
    stalledFor: Math.round(receiver.stalledFor),
    running: runs.running.size,
    oldestHandlerAge: Math.round(now - oldest),
    held: leases.size,
  }
}
