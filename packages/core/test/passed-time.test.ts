import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clockOver } from '../src/clock.ts'

/** A clock, and what passes by each of its sources between two looks at it. */
function watched() {
  let [monotonic, wall] = [0, 1_900_000_000_000]
  const clock = clockOver({ monotonic: () => monotonic, wall: () => wall })
  return {
    clock,
    pass(by: { readonly monotonic: number; readonly wall: number }): number {
      const before = clock.now()
      monotonic += by.monotonic
      wall += by.wall
      return clock.now() - before
    },
  }
}

describe('a clock', () => {
  test('counts the time for which the machine was suspended, once', () => {
    const { clock, pass } = watched()
    expect(pass({ monotonic: 10, wall: 3_600_000 })).toBe(3_600_000)
    expect(pass({ monotonic: 10, wall: 10 })).toBe(10)
    expect(pass({ monotonic: 5, wall: 60_000 })).toBe(60_000)
    expect(clock.now()).toBe(3_660_010)
  })

  test('counts nothing of a wall clock that is set back, and a suspend after that', () => {
    const { pass } = watched()
    expect(pass({ monotonic: 10, wall: -3_600_000 })).toBe(10)
    expect(pass({ monotonic: 10, wall: 10 })).toBe(10)
    expect(pass({ monotonic: 10, wall: 60_000 })).toBe(60_000)
  })

  test('counts nothing of a wall clock that is corrected bit by bit', () => {
    const { clock, pass } = watched()
    for (let minute = 0; minute < 24 * 60; minute++) pass({ monotonic: 60_000, wall: 60_900 })
    expect(clock.now()).toBe(24 * 3_600_000)
  })

  test('tells the time of day as it is set', () => {
    const { clock, pass } = watched()
    const before = clock.epoch()
    pass({ monotonic: 10, wall: -5_000 })
    expect(clock.epoch() - before).toBe(-5_000)
  })

  test('never goes back, and counts of each step what its sources say, the wall clock from more than 1 s ahead', () => {
    const ms = { monotonic: fc.nat({ max: 5_000 }), wall: fc.integer({ min: -10_000, max: 10_000 }) }
    fc.assert(
      fc.property(fc.array(fc.record(ms)), (steps) => {
        const { pass } = watched()
        const passed = steps.map(pass)
        expect(passed).toEqual(steps.map((by) => (by.wall > by.monotonic + 1_000 ? by.wall : by.monotonic)))
      }),
    )
  })
})
