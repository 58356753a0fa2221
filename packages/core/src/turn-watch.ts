import type { Clock, Timer } from './clock.ts'

/** Knows when the event loop was blocked, or the process stopped. */
export interface TurnWatch {
  /** On the clock: what is read only now was not there yet at this time. */
  readonly earliest: number
  stop(): void
}

const TICK = 250

/** Notices a block by a tick, which then comes late. */
export function watchByTicks(clock: Pick<Clock, 'after' | 'now'>): TurnWatch {
  let last = clock.now()
  let beforeLast = last
  let timer: Timer
  const tick = () => {
    beforeLast = last
    last = clock.now()
    timer = clock.after(TICK, tick)
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
