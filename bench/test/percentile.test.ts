import { expect, test } from 'vitest'
import { percentile } from '../src/percentile.ts'

const hundred = Array.from({ length: 100 }, (_, n) => 100 - n)

test.each([
  [0.5, 50],
  [0.99, 99],
  [0.991, 100],
  [1, 100],
])('of the numbers up to a hundred, %d are at most %d', (share, value) => {
  expect(percentile(hundred, share)).toBe(value)
})
