import { type Backoff, backoffDelay, fullJitter } from '@waybill/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('a back-off', () => {
  const plain: Backoff = { first: 100, max: 1_000, jitter: 0 }

  test('doubles from its first delay up to its longest', () => {
    expect([1, 2, 3, 4, 5, 6, 10_000].map((attempt) => backoffDelay(plain, attempt, Math.random))).toEqual([
      100, 200, 400, 800, 1_000, 1_000, 1_000,
    ])
  })

  test('with half jitter takes away up to a half', () => {
    const half = { ...plain, jitter: 0.5 }
    expect([0, 0.5, 1].map((random) => backoffDelay(half, 1, () => random))).toEqual([100, 75, 50])
  })

  test('with full jitter takes away up to all of it', () => {
    expect([0, 0.5, 1].map((random) => backoffDelay(fullJitter(100, 1_000), 1, () => random))).toEqual([100, 50, 0])
  })

  test('is never negative nor longer than its longest', () => {
    const attempts = fc.integer({ min: 1, max: 1e9 })
    fc.assert(
      fc.property(attempts, fc.double({ min: 0, max: 1, noNaN: true }), (attempt, jitter) => {
        const delay = backoffDelay({ first: 7, max: 900_000, jitter }, attempt, Math.random)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(900_000)
      }),
    )
  })
})
