import type { Clock, Timer } from './clock.ts'

/** Knows when the event loop was blocked, the process stopped, or the machine suspended. */
export interface TurnWatch {
  /** On the clock: what is read only now was not given yet at this time. */
  readonly earliest: number
  stop(): void
}

/** What was given when the machine was suspended may be read so long after it: as long as a call waits for its answer. */
const LATE = 30_000

/** Notices a block by a tick, which then comes late. `jumpedAt` is when the clock last noticed that time had been missed. */
export function watchByTicks(
  clock: Pick<Clock, 'after' | 'now'>,
  every: number,
  jumpedAt = () => -Infinity,
): TurnWatch {
  let last = clock.now()
  let beforeLast = last
  let timer: Timer
  const tick = () => {
    const now = clock.now()
    if (now - jumpedAt() >= LATE) beforeLast = last
    last = now
    timer = clock.after(every, tick)
  }
  tick()
  return {
    // not the last tick's: after a block, timers ring before sockets are read; between the last two, sockets were read
    get earliest() {
      return beforeLast
    },
    stop: () => timer.cancel(),
  }
}
