import { expect, test } from 'vitest'
import { differenceOf, errorOf, ratioOf, slopeOf, spreadOf, stretches } from '../src/statistics.ts'

test.each([
  [[3, 1, 2], { median: 2, min: 1, max: 3 }],
  [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4 }],
  [[7], { median: 7, min: 7, max: 7 }],
])('the spread of %j', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread)
})

test('ratios and differences are those of each round, whatever the order of size', () => {
  expect(ratioOf([10, 40, 90], [10, 20, 30])).toEqual({ median: 2, min: 1, max: 3 })
  expect(differenceOf([10, 40, 90], [10, 20, 30])).toEqual({ median: 20, min: 0, max: 60 })
})

test('the standard error of the mean is that of its sample', () => {
  expect(errorOf([1, 2, 3, 4, 5])).toBeCloseTo(Math.sqrt(2.5 / 5))
})

test('the slope is that of the line by least squares, and has no error where the points are on it', () => {
  const line = [0, 1, 2, 3].map((x) => [x * 10, 5 - 2 * x] as const)
  expect(slopeOf(line)).toEqual({ slope: -0.2, error: 0 })
})

test('points off the line give the slope an error', () => {
  // around 1, by residuals of 1 and -1 in turn: sum of squares 3.2 over two degrees of freedom, of x 5
  const { slope, error } = slopeOf([
    [0, 1],
    [1, -1],
    [2, 1],
    [3, -1],
  ])
  expect(slope).toBeCloseTo(-0.4)
  expect(error).toBeCloseTo(Math.sqrt(3.2 / 2 / 5))
})

test('stretches are of equal length; each has the mean of its points, or the least', () => {
  const points = [0, 1, 2, 3, 4, 5].map((x) => [x, x % 2 === 0 ? 10 : 20] as const)
  expect(stretches(points, 3)).toEqual([
    [0.5, 15],
    [2.5, 15],
    [4.5, 15],
  ])
  expect(stretches(points, 3, (values) => Math.min(...values)).map(([, y]) => y)).toEqual([10, 10, 10])
})

test('there are no more stretches than points', () => {
  expect(stretches([[1, 1]], 10)).toEqual([[1, 1]])
})
