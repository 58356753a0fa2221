import { systemClock } from '@waybill/core'
import { VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { watchByTicks } from '../src/turn-watch.ts'

describe.each([
  ['by ticks', watchByTicks],
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
  const turns = systemClock.watchTurns()
  const before = systemClock.now()
  const end = before + 600
  while (systemClock.now() < end);
  expect(turns.earliest).toBeLessThanOrEqual(before)
  turns.stop()
})
