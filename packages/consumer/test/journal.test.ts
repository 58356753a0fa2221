import { expect, test } from 'vitest'
import { Journal } from '../src/journal.ts'

test('a journal knows the newest so many messages at least, and forgets the others', () => {
  const journal = new Journal(2)
  for (const id of ['a', 'b', 'c', 'd', 'e']) journal.add(id)
  expect(['a', 'b', 'c', 'd', 'e'].map((id) => journal.has(id))).toEqual([false, false, true, true, true])
})

test('a message that comes again is new again', () => {
  const journal = new Journal(2)
  for (const id of ['a', 'b', 'a', 'c', 'd']) journal.add(id)
  expect(['a', 'b', 'c'].map((id) => journal.has(id))).toEqual([true, false, true])
})
