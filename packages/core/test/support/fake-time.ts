import { vi } from 'vitest'
import { clockOver } from '../../src/clock.ts'

/** A clock over fake timers, until `vi.useRealTimers()`. */
export function fakeTime() {
  vi.useFakeTimers()
  return clockOver({ monotonic: () => performance.now(), wall: () => Date.now() })
}

/** As a suspended machine does: for so many milliseconds no timer rings, and only the wall clock goes on. */
export function suspend(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}
