import { setFips } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { isIntact } from '../src/body-checksum.ts'

const MD5_OF_BODY = '841a2d689ad86bd1611447453c22c6fc'

afterEach(() => setFips(false))

// the first: an MD5 that was made before goes on to be
test('under FIPS, which has no MD5, none is judged', () => {
  setFips(true)
  expect(isIntact('another', MD5_OF_BODY)).toBe(true)
})

test('a body is intact when it has the MD5 that SQS says, or SQS says none', () => {
  expect([isIntact('body', MD5_OF_BODY), isIntact('another', MD5_OF_BODY), isIntact('another', undefined)]).toEqual([
    true,
    false,
    true,
  ])
})
