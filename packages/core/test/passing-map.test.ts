import { expect, test } from 'vitest'
import { PassingMap } from '../src/passing-map.ts'

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
