import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { newId } from '../src/new-id.ts'

afterEach(() => vi.useRealTimers())

test('an id is a UUID of version 7', () => {
  for (let n = 0; n < 1_000; n++) expect(z.uuidv7().safeParse(newId()).success).toBe(true)
})

test('an id begins with the time in milliseconds, so that later ones sort behind', () => {
  vi.useFakeTimers({ now: Date.parse('2022-02-22T19:22:22Z') })
  // the time of RFC 9562's own example, appendix A.6
  expect(newId()).toMatch(/^017f22e2-79b0-7/)
})

test('no two ids are the same', () => {
  expect(new Set(Array.from({ length: 10_000 }, newId)).size).toBe(10_000)
})
