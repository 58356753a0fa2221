import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { life, live } from './random-life.ts'

const numRuns = Number(process.env['WAYBILL_RANDOM_RUNS'] ?? 300)
const seed = Number(process.env['WAYBILL_RANDOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

test('whatever fails, no message is lost, deleted undone, settled twice, run twice at once, or out of order in its group', async () => {
  process.stdout.write(`${numRuns} random lives, WAYBILL_RANDOM_SEED=${seed}\n`)
  await fc.assert(
    fc.asyncProperty(life, async (given) => {
      expect(await live(given)).toEqual([])
    }),
    { numRuns, seed },
  )
}, 600_000)
