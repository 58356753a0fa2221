import { expect, test } from 'vitest'
import { Journal } from '../src/journal.ts'

test('a journal knows the newest so many messages, and forgets the oldest', () => {
  const journal = new Journal(2)
  for (const id of ['a', 'b', 'c']) journal.add(id)
  expect(['a', 'b', 'c'].map((id) => journal.has(id))).toEqual([false, true, true])
})

test('a message that comes again is new again', () => {
  const journal = new Journal(2)
  for (const id of ['a', 'b', 'a', 'c']) journal.add(id)
  expect(['a', 'b', 'c'].map((id) => journal.has(id))).toEqual([true, false, true])
})
