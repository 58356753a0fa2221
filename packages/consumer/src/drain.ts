import { type Clock, sleep } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import type { Engine } from './engine.ts'
import { ConsumerError } from './errors.ts'

/** What a stop left behind. */
export interface StopReport {
  /** Messages given back unhandled: visible again at once. Failed attempts, which come again after their back-off, don't count. */
  readonly released: number
  /** Deliveries whose handlers, or moves to the dead-letter queue, were not through at the end: visible again when their leases end. */
  readonly abandoned: number
}

export const NOTHING_LEFT: StopReport = { released: 0, abandoned: 0 }

/** How long before the deadline the handlers' signals abort: half of a short timeout. */
const GRACE = 5_000

/**
 * Stops in order: no new receive, give back what has not started, let handlers finish under lease, abort their signals
 * shortly before the deadline, flush the deletes. `hurry` cuts the open polls.
 */
export async function drain(
  engine: Engine,
  clock: Clock,
  timeout: number,
  hurry: AbortSignal,
  log: Logger,
): Promise<StopReport> {
  const { acknowledger, claims, deadLetterer, dispatcher, leases, receiver, runs, slots, tasks } = engine
  const deadline = clock.now() + timeout
  const cut = () => receiver.abort()
  hurry.addEventListener('abort', cut)

  const polls = receiver.stop()
  if (hurry.aborted) cut()
  dispatcher.stop()
  // What gathers takes the slots that are free; what waits for one is given back.
  runs.close()
  slots.close()
  claims?.close()
  const quiet = (async () => {
    await polls
    // Deletes and releases that wait for company have none to wait for.
    await Promise.all([tasks.idle(), acknowledger.flush(), leases.flush()])
  })()

  if (!(await within(clock, deadline - Math.min(GRACE, timeout / 2) - clock.now(), quiet))) {
    claims?.hurry()
    runs.abort(new ConsumerError('stopping', 'The consumer stops and its time is nearly up.'))
    if (!(await within(clock, deadline - clock.now(), quiet))) cut()
  }
  const abandoned = runs.running.size + deadLetterer.moving
  const undeleted = acknowledger.abandon()
  if (undeleted > 0) log.warn({ undeleted }, 'handled messages could not be deleted in time; they come again')
  // A visibility call that hangs ends by itself, and changes nothing here any more.
  await within(clock, deadline - clock.now(), Promise.all([leases.stop(), claims?.stop()]))
  hurry.removeEventListener('abort', cut)
  return { released: dispatcher.released, abandoned }
}

/** Whether the promise has settled before `ms` were over. */
async function within(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  const cut = new AbortController()
  let settled = false
  await Promise.race([promise.then(() => (settled = true)), sleep(clock, Math.max(0, ms), cut.signal)])
  cut.abort()
  return settled
}
