import { systemClock } from '@waybill/core'
import { VirtualClock } from '@waybill/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { watchByTicks } from '../src/turn-watch.ts'
import { fakeTime, suspend } from './support/fake-time.ts'

afterEach(() => void vi.useRealTimers())

describe.each([
  ['by ticks', (clock: VirtualClock) => watchByTicks(clock, 250)],
  ['by a virtual clock itself', (clock: VirtualClock) => clock.watchTurns()],
])('a watch %s', (_how, watch) => {
  test('says that what is read after a block may have been there since before it, until the loop has turned', async () => {
    const clock = new VirtualClock()
    const turns = watch(clock)
    await clock.advance('10s')
    expect(turns.earliest).toBeGreaterThan(9_000)
    clock.freeze('1m')
    expect(turns.earliest).toBeLessThanOrEqual(10_000)
    await clock.advance('10ms')
    expect(turns.earliest).toBeLessThanOrEqual(10_000)
    await clock.advance('600ms')
    expect(turns.earliest).toBeGreaterThanOrEqual(70_000)
    turns.stop()
    expect(clock.timers).toBe(0)
  })
})

test('the system clock notices a blocked loop', async () => {
  const turns = systemClock.watchTurns(250)
  const before = systemClock.now()
  const end = before + 600
  while (systemClock.now() < end);
  expect(turns.earliest).toBeLessThanOrEqual(before)
  turns.stop()
})

describe('after the machine was suspended, a watch says', () => {
  const READ_LATE = [0, 250, 1_000, 10_000, 25_000]

  test.each(READ_LATE)('that what is read %i ms later may have been given before', async (ms) => {
    const clock = fakeTime()
    const turns = clock.watchTurns(250)
    await vi.advanceTimersByTimeAsync(10_000)
    const before = clock.now()
    suspend(60_000)
    await vi.advanceTimersByTimeAsync(ms)
    expect(clock.now()).toBe(before + 60_000 + ms)
    expect(turns.earliest).toBeLessThanOrEqual(before)
  })

  test('so for no longer than an answer may be on its way', async () => {
    const clock = fakeTime()
    const turns = clock.watchTurns(250)
    suspend(60_000)
    await vi.advanceTimersByTimeAsync(31_000)
    expect(turns.earliest).toBeGreaterThan(clock.now() - 1_000)
    turns.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
