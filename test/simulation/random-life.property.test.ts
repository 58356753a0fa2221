import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { life, live } from './random-life.ts'

const numRuns = Number(process.env['WAYBILL_RANDOM_RUNS'] ?? 300)

test('whatever fails, no message is lost, deleted undone, settled twice, run twice at once, or out of order in its group', async () => {
  await fc.assert(
    fc.asyncProperty(life, async (given) => {
      expect(await live(given)).toEqual([])
    }),
    { numRuns },
  )
}, 600_000)
