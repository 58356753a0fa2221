import { expect, test } from 'vitest'
import { LinkedList } from '../src/linked-list.ts'

test('elements come in the order they were pushed, and leave from anywhere', () => {
  const list = new LinkedList<string>()
  const links = ['a', 'b', 'c', 'd'].map((value) => list.push(value))
  const [a, , c, d] = links
  expect([...list]).toEqual(['a', 'b', 'c', 'd'])
  for (const link of [c, a, d]) if (link) list.remove(link)
  expect([...list]).toEqual(['b'])
  expect(list.first).toBe(links[1])
  list.push('e')
  expect([...list]).toEqual(['b', 'e'])
})

test('what was removed can go into another list', () => {
  const [one, other] = [new LinkedList<string>(), new LinkedList<string>()]
  other.push('a')
  const link = one.push('b')
  one.remove(link)
  other.add(link)
  other.push('c')
  expect([one.size, ...one, other.size, ...other]).toEqual([0, 3, 'a', 'b', 'c'])
})

test('an emptied list takes elements again', () => {
  const list = new LinkedList<number>()
  list.remove(list.push(1))
  expect(list.first).toBeUndefined()
  list.push(2)
  expect([...list]).toEqual([2])
})

test('a link that was removed leads to no other, so that keeping it keeps none of them', () => {
  const list = new LinkedList<string>()
  const [, middle] = ['a', 'b', 'c'].map((value) => list.push(value))
  if (middle) list.remove(middle)
  expect(middle).toEqual({ value: 'b', listed: false, previous: undefined, next: undefined })
  if (middle) list.remove(middle)
  expect([list.size, ...list]).toEqual([2, 'a', 'c'])
})
