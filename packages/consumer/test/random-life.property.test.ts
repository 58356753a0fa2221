import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomLife } from './support/random-life.ts'

test.each([
  ['FIFO', true],
  ['standard', false],
])(
  'whatever fails, no message of a %s queue is lost, left, out of order in its group, or run twice at once',
  async (_kind, ordered) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        expect(await randomLife(seed, ordered)).toEqual([])
      }),
      { numRuns: 25 },
    )
  },
  30_000,
)
