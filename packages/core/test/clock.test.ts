import { getEventListeners } from 'node:events'
import { sleep, systemClock } from '@waybill/core'
import { describe, expect, test, vi } from 'vitest'
import { VirtualClock } from '@waybill/testing'

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

  test('waits for longer than timers of Node can, and can be called off meanwhile', async () => {
    vi.useFakeTimers()
    try {
      const month = 31 * 86_400_000
      const rung: string[] = []
      systemClock.after(month, () => rung.push('due'))
      const other = systemClock.after(month, () => rung.push('cancelled'))
      await vi.advanceTimersByTimeAsync(month - 1)
      expect(rung).toEqual([])
      other.cancel()
      await vi.advanceTimersByTimeAsync(1)
      expect(rung).toEqual(['due'])
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  test('tells the wall clock apart from the one for intervals', () => {
    expect(Math.abs(systemClock.epoch() - Date.now())).toBeLessThan(1_000)
    expect(Math.abs(systemClock.now() - performance.now())).toBeLessThan(1_000)
  })
})
