import { VirtualClock } from '@waybill/testing'
import { describe, expect, test, vi } from 'vitest'
import { collectGarbage } from './support/collect-garbage.ts'

const HOUR = 3_600_000

/** A clock, and what its timers have told, with the time at which they did. */
function told(clock = new VirtualClock()) {
  const lines: string[] = []
  return { clock, lines, tell: (what: string) => void lines.push(`${clock.now()} ${what}`) }
}

describe('advance', () => {
  test('rings what is due in the order of time, and of one time in the order of setting', async () => {
    const { clock, lines, tell } = told()
    clock.after(20, () => tell('late'))
    clock.after(10, () => tell('first'))
    clock.after(10, () => tell('second'))
    clock.after(31, () => tell('too late'))
    await clock.advance('30ms')
    expect(lines).toEqual(['10 first', '10 second', '20 late'])
    expect(clock.now()).toBe(30)
    expect(clock.timers).toBe(1)
  })

  test('rings what is due at its very end, and what has no time to wait', async () => {
    const { clock, lines, tell } = told()
    clock.after(30, () => tell('at the end'))
    for (const ms of [0, -5, NaN]) clock.after(ms, () => tell(`after ${ms}`))
    await clock.advance('30ms')
    expect(lines).toEqual(['0 after 0', '0 after -5', '0 after NaN', '30 at the end'])
  })

  test('rings timers that timers set, as far as they are due', async () => {
    const { clock, lines, tell } = told()
    const again = () => {
      tell('again')
      clock.after(10, again)
    }
    clock.after(10, again)
    await clock.advance('35ms')
    expect(lines).toEqual(['10 again', '20 again', '30 again'])
  })

  test('lets promises settle before, between and after', async () => {
    const { clock, lines, tell } = told()
    const at = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
    const live = async () => {
      await Promise.resolve()
      tell('begins')
      await at(10)
      await Promise.resolve()
      tell('goes on')
      await at(10)
      tell('ends')
    }
    const life = live()
    await clock.advance('20ms')
    expect(lines).toEqual(['0 begins', '10 goes on', '20 ends'])
    await life
  })

  test('does not ring what was cancelled, by a timer of the same time either', async () => {
    const { clock, lines, tell } = told()
    clock.after(10, () => other.cancel())
    const other = clock.after(10, () => tell('other'))
    const early = clock.after(5, () => tell('early'))
    early.cancel()
    early.cancel()
    await clock.advance('1h')
    expect(lines).toEqual([])
    expect(clock.timers).toBe(0)
  })

  test('rejects with what a timer throws, at its time, and can go on', async () => {
    const { clock, lines, tell } = told()
    clock.after(10, () => {
      throw new Error('broken')
    })
    clock.after(20, () => tell('next'))
    await expect(clock.advance('1s')).rejects.toThrow('broken')
    expect(clock.now()).toBe(10)
    await clock.advance('10ms')
    expect(lines).toEqual(['20 next'])
  })

  test('begins where another begins, when both are under way', async () => {
    const clock = new VirtualClock()
    await Promise.all([clock.advance('1h'), clock.advance('2h')])
    expect(clock.now()).toBe(2 * HOUR)
  })
})

describe('until', () => {
  test('passes the time that a promise needs and no more, and gives its value', async () => {
    const clock = new VirtualClock()
    const promise = new Promise((resolve) => void clock.after(90_000, () => resolve('done')))
    clock.after(90_001, () => {})
    expect(await clock.until(promise)).toBe('done')
    expect(clock.now()).toBe(90_000)
  })

  test('passes no time for a promise that settles by itself, and rejects as it does', async () => {
    const clock = new VirtualClock()
    clock.after(1, () => {})
    await expect(clock.until(Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(clock.now()).toBe(0)
  })

  test('lets a promise have the turns of the event loop that it needs when no timer is left', async () => {
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setImmediate(resolve))
      return 'done'
    }
    expect(await new VirtualClock().until(turns(3))).toBe('done')
  })

  test('fails when the time is over, which has then passed', async () => {
    const clock = new VirtualClock()
    clock.after(HOUR + 1, () => {})
    const never = new Promise(() => {})
    const notSettled = { name: 'TestingError', code: 'not-settled' }
    await expect(clock.until(never)).rejects.toMatchObject({
      ...notSettled,
      message: 'clock.until: the promise is not settled, and 1h have passed.',
    })
    expect(clock.now()).toBe(HOUR)
    await expect(clock.until(never, { within: '0ms' })).rejects.toMatchObject(notSettled)
  })

  test('fails at once when no timer is left that could settle it', async () => {
    const clock = new VirtualClock()
    clock.after(10, () => {})
    clock.after(Infinity, () => {})
    await expect(clock.until(new Promise(() => {}))).rejects.toMatchObject({
      code: 'not-settled',
      message: 'clock.until: the promise is not settled, and no timer is left that could settle it.',
    })
    expect(clock.now()).toBe(10)
  })
})

test('what was due in frozen time rings afterwards, late', async () => {
  const { clock, lines, tell } = told()
  clock.after(10, () => tell('due at 10'))
  clock.after(20, () => tell('due at 20'))
  clock.freeze('1s')
  expect({ lines, now: clock.now() }).toEqual({ lines: [], now: 1_000 })
  await clock.advance('0ms')
  expect(lines).toEqual(['1000 due at 10', '1000 due at 20'])
})

test('for a quarter of a second after frozen time, what is read may be as old as what was frozen first', async () => {
  const clock = new VirtualClock()
  const turns = clock.watchTurns()
  await clock.advance('1s')
  expect(turns.earliest).toBe(1_000)
  clock.freeze('1s')
  clock.freeze('1s')
  await clock.advance('249ms')
  expect({ earliest: turns.earliest, now: clock.now() }).toEqual({ earliest: 1_000, now: 3_249 })
  await clock.advance('1ms')
  expect(turns.earliest).toBe(3_250)
})

test('the wall clock goes with it', async () => {
  const clock = new VirtualClock()
  expect(new Date(clock.epoch()).toISOString()).toBe('2030-01-01T00:00:00.000Z')
  await clock.advance('1d')
  expect(new Date(clock.epoch()).toISOString()).toBe('2030-01-02T00:00:00.000Z')
})

test('the same seed gives the same random numbers, another gives others', () => {
  const numbers = (seed?: number) => {
    const { random } = new VirtualClock({ seed })
    return Array.from({ length: 1_000 }, random)
  }
  expect(numbers(7)).toEqual(numbers(7))
  expect(numbers(7)).not.toEqual(numbers(8))
  expect(numbers()).toEqual(numbers(1))
  expect(numbers(7).every((number) => number >= 0 && number < 1)).toBe(true)
  expect(new Set(numbers(7)).size).toBe(1_000)
})

test('time passes under the fake timers of a test runner', async () => {
  vi.useFakeTimers()
  try {
    const manual = new VirtualClock()
    await manual.until(new Promise<void>((resolve) => void manual.after(10, resolve)))
    const auto = new VirtualClock({ auto: true })
    await new Promise<void>((resolve) => void auto.after(10, resolve))
  } finally {
    vi.useRealTimers()
  }
  expect(vi.isFakeTimers()).toBe(false)
})

test('cancelled timers are let go long before they are due', async () => {
  const clock = new VirtualClock()
  clock.after(HOUR - 1, () => {})
  const refs = Array.from({ length: 1_000 }, () => {
    const run = () => {}
    clock.after(HOUR, run).cancel()
    return new WeakRef(run)
  })
  await clock.advance('1ms')
  collectGarbage()
  expect(refs.filter((ref) => ref.deref()).length).toBeLessThan(200)
})
