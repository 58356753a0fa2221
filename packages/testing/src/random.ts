import { createHash } from 'node:crypto'
import { OptionsError, quote } from '@waybill/core'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** Numbers from 0 to below 1: the same for the same seed. */
export type Random = () => number

/** What the numbers are for: those for one thing tell nothing of those for another. */
type Use = 'clock' | 'ids' | 'simulation'

export function randomOf(seed: number, use: Use): Random {
  if (!Number.isSafeInteger(seed))
    throw new OptionsError(`seed: ${quote(seed)} is not a whole number. Write 1, or any other.`)
  // hashed: the generator's first numbers hardly differ for seeds that hardly differ
  const hash = createHash('sha256').update(`${use} ${seed}`).digest()
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => hash.readInt32LE(at)))
  return () => uniformFloat64(generator)
}
