import type { Clock } from '@waybill/core'
import type { SimulatedRequest } from './request-log.ts'
import { VirtualClock } from './virtual-clock.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const listening = () => SIGNALS.map((signal) => process.listenerCount(signal))

/** Tells what has been left behind since it was made: open requests, timers, signal listeners. */
export function leaksSince(clock: Clock, requests: () => readonly SimulatedRequest[]): () => readonly string[] {
  const listeners = listening()
  const timers = timersOf(clock)
  return () => {
    const open = new Set(
      requests().flatMap(({ action, outcome, target }) => (outcome === 'open' ? [`${action} of '${target}'`] : [])),
    )
    const pending = timersOf(clock) - timers
    return [
      ...Array.from(open, (request) => `a ${request} is open`),
      ...(pending > 0 && open.size === 0 ? [`${pending} timers are pending`] : []),
      ...listening().flatMap((count, index) =>
        count > (listeners[index] ?? 0) ? [`${SIGNALS[index]} is listened to`] : [],
      ),
    ]
  }
}

const timersOf = (clock: Clock) => (clock instanceof VirtualClock ? clock.timers : 0)
