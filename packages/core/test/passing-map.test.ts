import { afterEach, expect, test, vi } from 'vitest'
import { PassingMap } from '../src/passing-map.ts'

afterEach(() => void vi.restoreAllMocks())

test('what is set is there until it is deleted, however much passes meanwhile', () => {
  const map = new PassingMap<string, number>()
  map.set('kept', 0)
  map.set('kept', -1)
  for (let n = 0; n < 10_000; n++) {
    map.set(`${n}`, n)
    if (n >= 10) map.delete(`${n - 10}`)
    expect([map.size, map.get('kept'), map.get(`${n}`), map.get(`${n - 10}`)]).toEqual([
      Math.min(n + 2, 11),
      -1,
      n,
      undefined,
    ])
  }
})

test.each([
  ['each thousandth time where little is left', 10, 10_000, 10],
  ['after four times as many where much is', 1_000, 12_000, 2],
])('a new map takes over what is left: %s', (_when, kept, passing, wanted) => {
  const map = new PassingMap<number, number>()
  const takenOver = vi.spyOn(Map.prototype, Symbol.iterator)
  for (let n = 0; n < passing; n++) {
    map.set(n, n)
    map.delete(n - kept)
  }
  expect(takenOver).toHaveBeenCalledTimes(wanted)
})
