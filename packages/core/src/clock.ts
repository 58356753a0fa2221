import { type TurnWatch, watchByTicks } from './turn-watch.ts'

/** Something that will run later and can be called off. */
export interface Timer {
  cancel(): void
}

/** Where all time and all chance come from, so that tests can run hours in milliseconds, and the same way again. */
export interface Clock {
  /** Milliseconds since some start, never going back: for leases, deadlines and intervals. */
  now(): number
  /** Milliseconds since 1970 by the wall clock: for stamps that others read. */
  epoch(): number
  /** Runs `run` once, when `now()` is at least `ms` further. The timer keeps the process alive. */
  after(ms: number, run: () => void): Timer
  /** Watches, until it is stopped, whether the event loop turns. */
  watchTurns(): TurnWatch
  /** From 0 to below 1: for jitter. */
  random(): number
}

/** The longest that Node's timers take; beyond, they would ring at once. */
const LONGEST = 2 ** 31 - 1

/** Real time, real chance. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  watchTurns: () => watchByTicks(systemClock),
  random: () => Math.random(),
  after(ms, run) {
    const due = performance.now() + ms
    let timer: NodeJS.Timeout
    const wait = (left: number) => {
      timer = setTimeout(ring, Math.min(left, LONGEST))
    }
    const ring = () => {
      const left = due - performance.now()
      // Node counts whole milliseconds, so that its timers may ring one early.
      if (left > 0) wait(left)
      else run()
    }
    wait(ms)
    return { cancel: () => clearTimeout(timer) }
  },
}

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
