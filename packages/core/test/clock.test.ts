import { getEventListeners } from 'node:events'
import { sleep, systemClock } from '@waybill/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { VirtualClock } from '@waybill/testing'
import { fakeTime, suspend } from './support/fake-time.ts'

const DAY = 86_400_000

afterEach(() => void vi.useRealTimers())

describe('sleep', () => {
  test('resolves when the time has passed, and leaves nothing behind', async () => {
    const clock = new VirtualClock()
    const { signal } = new AbortController()
    let awake = false
    void sleep(clock, 100, signal).then(() => (awake = true))
    await clock.advance('99ms')
    expect(awake).toBe(false)
    await clock.advance('1ms')
    expect(awake).toBe(true)
    expect([clock.timers, getEventListeners(signal, 'abort')]).toEqual([0, []])
  })

  test('resolves at once when its signal aborts, and leaves nothing behind', async () => {
    const clock = new VirtualClock()
    const controller = new AbortController()
    const sleeping = sleep(clock, 100, controller.signal)
    controller.abort()
    await sleeping
    expect([clock.timers, getEventListeners(controller.signal, 'abort')]).toEqual([0, []])
  })

  test('does not start when its signal has aborted', async () => {
    const clock = new VirtualClock()
    await sleep(clock, 100, AbortSignal.abort())
    expect(clock.timers).toBe(0)
  })
})

describe('the system clock', () => {
  test('runs what is due, unless it is cancelled', async () => {
    const ran = await new Promise<string[]>((resolve) => {
      const list: string[] = []
      systemClock.after(1, () => list.push('cancelled')).cancel()
      systemClock.after(1, () => list.push('due'))
      systemClock.after(5, () => resolve(list))
    })
    expect(ran).toEqual(['due'])
  })

  test('runs with this turn of the event loop what needs no time, unless it is cancelled', async () => {
    const list: string[] = []
    systemClock.after(0, () => list.push('cancelled')).cancel()
    systemClock.after(0, () => list.push('soon'))
    list.push('first')
    await new Promise((resolve) => setImmediate(resolve))
    expect(list).toEqual(['first', 'soon'])
  })

  test('rings nothing early by its own time, as timers of Node do', async () => {
    const early = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const ms = 1 + n / 7
        const due = systemClock.now() + ms
        await sleep(systemClock, ms)
        return Math.max(0, due - systemClock.now())
      }),
    )
    expect(Math.max(...early)).toBe(0)
  })

  test('counts what the wall clock runs ahead', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const before = systemClock.now()
    vi.setSystemTime(Date.now() + 3_600_000)
    // within a millisecond: the clock adds fractions
    expect(systemClock.now() - before).toBeGreaterThan(3_599_999)
  })

  test('tells the time of day apart from the time that has passed', () => {
    expect(Math.abs(systemClock.epoch() - Date.now())).toBeLessThan(1_000)
    expect(systemClock.epoch() - systemClock.now()).toBeGreaterThan(40 * 365 * DAY)
  })
})

describe('a timer', () => {
  test('waits for as long as it is told, and can be called off meanwhile', async () => {
    const clock = fakeTime()
    const rung: string[] = []
    clock.after(DAY, () => rung.push('due'))
    const other = clock.after(DAY, () => rung.push('cancelled'))
    await vi.advanceTimersByTimeAsync(DAY - 1)
    expect(rung).toEqual([])
    other.cancel()
    await vi.advanceTimersByTimeAsync(1)
    expect(rung).toEqual(['due'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that was due while the machine was suspended rings within 5 s after it, a later one at its time', async () => {
    const clock = fakeTime()
    const rung: string[] = []
    clock.after(60_000, () => rung.push('due meanwhile'))
    clock.after(120_000, () => rung.push('due later'))
    await vi.advanceTimersByTimeAsync(12_000)
    suspend(60_000)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(rung).toEqual(['due meanwhile'])
    await vi.advanceTimersByTimeAsync(42_999)
    expect(rung).toEqual(['due meanwhile'])
    await vi.advanceTimersByTimeAsync(1)
    expect(rung).toEqual(['due meanwhile', 'due later'])
  })

  test('wakes the process no more often than another that waits beside it', async () => {
    const clock = fakeTime()
    clock.after(60_000, () => {})
    await vi.advanceTimersByTimeAsync(1_300)
    clock.after(60_000, () => {})
    const wakes = new Set<number>()
    while (vi.getTimerCount() > 0) {
      await vi.advanceTimersToNextTimerAsync()
      wakes.add(clock.now())
    }
    // each 5 s together, the first at its end then, the other at its own
    expect(wakes.size).toBe(13)
  })
})
