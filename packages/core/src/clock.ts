import { PassedTime, type TimeSources } from './passed-time.ts'
import { type TurnWatch, watchByTicks } from './turn-watch.ts'

/** Something that will run later and can be called off. */
export interface Timer {
  cancel(): void
}

/** Where all time and all chance come from, so that tests can run hours in milliseconds, and the same way again. */
export interface Clock {
  /**
   * Milliseconds since some start, never going back: for leases, deadlines and intervals. Time for which the machine was
   * suspended counts, since SQS's time goes on.
   */
  now(): number
  /** Milliseconds since 1970 by the wall clock: for stamps that others read. */
  epoch(): number
  /** Runs `run` once, when `now()` is at least `ms` further. The timer keeps the process alive. */
  after(ms: number, run: () => void): Timer
  /** Watches, until it is stopped, whether the event loop turns: looks every so many milliseconds. */
  watchTurns(every: number): TurnWatch
  /** From 0 to below 1: for jitter. */
  random(): number
}

/**
 * The longest step of a timer. Node's timers stand still while the machine is suspended: what was due meanwhile rings
 * within this time after it.
 */
const STEP = 5_000

/** Real time, as these sources tell it, and real chance. */
export function clockOver(sources: TimeSources): Clock {
  const time = new PassedTime(sources)
  const clock: Clock = {
    now: () => time.now(),
    epoch: sources.wall,
    watchTurns: (every) => watchByTicks(clock, every, () => time.jumpedAt),
    random: () => Math.random(),
    after(ms, run) {
      if (ms <= 0) {
        // with this turn of the event loop, not the millisecond later that a timer of Node is at least
        const soon = setImmediate(run)
        return { cancel: () => clearImmediate(soon) }
      }
      const due = time.now() + ms
      let timer: NodeJS.Timeout
      const wait = (left: number) => {
        // all in step, so that a crowd of timers wakes the process no more often than one
        timer = setTimeout(ring, Math.min(left, STEP - (time.now() % STEP)))
      }
      const ring = () => {
        const left = due - time.now()
        // Node counts whole milliseconds, so that its timers may ring one early.
        if (left > 0) wait(left)
        else run()
      }
      wait(ms)
      return { cancel: () => clearTimeout(timer) }
    },
  }
  return clock
}

/** Real time, real chance. */
export const systemClock: Clock = clockOver({ monotonic: () => performance.now(), wall: () => Date.now() })

/** Resolves after `ms`, or at once when the signal aborts: the caller looks at the signal. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      timer.cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.after(ms, done)
    signal?.addEventListener('abort', done)
  })
}
