import type { Clock } from '@waybill/core'
import type { SimulatedRequest } from './request-log.ts'
import { VirtualClock } from './virtual-clock.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const timersOf = (clock: Clock) => (clock instanceof VirtualClock ? clock.timers : 0)

/** Tells, once, what has been left behind since it was made: open requests, timers, signal listeners. */
export function leaksSince(clock: Clock, requests: readonly SimulatedRequest[]): () => readonly string[] {
  const timersLeft = leftOf(clock, () => [timersOf(clock)])
  const listenersLeft = leftOf(process, () => SIGNALS.map((signal) => process.listenerCount(signal)))
  return () => {
    const open = new Set(
      requests.flatMap(({ action, outcome, target }) => (outcome === 'open' ? [`${action} of '${target}'`] : [])),
    )
    const [timers = 0] = timersLeft()
    const listeners = listenersLeft()
    return [
      ...Array.from(open, (request) => `a ${request} is open`),
      // those of an open request need no mention
      ...(timers > 0 && open.size === 0 ? [timers === 1 ? 'a timer is pending' : `${timers} timers are pending`] : []),
      ...SIGNALS.flatMap((signal, index) => ((listeners[index] ?? 0) > 0 ? [`${signal} is listened to`] : [])),
    ]
  }
}

interface Use {
  simulations: number
  readonly before: readonly number[]
}

const uses = new WeakMap<object, Use>()

/**
 * How many more there are than before, of what belongs to a clock or to the process. Simulations may share those: whose
 * it is shows only when the last of them closes, and it is counted from the first.
 */
function leftOf(shared: object, count: () => readonly number[]): () => readonly number[] {
  const use = uses.get(shared) ?? { simulations: 0, before: count() }
  uses.set(shared, use)
  use.simulations++
  return () => {
    if (--use.simulations > 0) return []
    uses.delete(shared)
    return count().map((now, index) => now - (use.before[index] ?? 0))
  }
}
