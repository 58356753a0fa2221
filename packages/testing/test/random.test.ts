import { expect, test } from 'vitest'
import { randomOf } from '../src/random.ts'

const seeds = Array.from({ length: 400 }, (_, seed) => seed)

test('the same seed and use give the same numbers', () => {
  const [one, other] = [randomOf(7, 'clock'), randomOf(7, 'clock')]
  expect([one(), one(), one()]).toEqual([other(), other(), other()])
})

test.each([0, 1, 2])('number %i is spread over the seeds', (skipped) => {
  const numbers = seeds.map((seed) => {
    const random = randomOf(seed, 'simulation')
    for (let n = 0; n < skipped; n++) random()
    return random()
  })
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.06)
  expect(new Set(numbers.map((number) => Math.floor(number * 20))).size).toBe(20)
})

test('numbers for one use tell nothing of those for another', () => {
  const alike = seeds.filter((seed) => Math.abs(randomOf(seed, 'clock')() - randomOf(seed, 'ids')()) < 0.05)
  expect(alike.length).toBeLessThan(100)
})
