import { OptionsError, quote } from '@waybill/core'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Numbers from 0 to below 1: the same for the same seed. */
export type Random = () => number

export function randomOf(seed: number): Random {
  if (!Number.isSafeInteger(seed))
    throw new OptionsError(`seed: ${quote(seed)} is not a whole number. Write 1, or any other.`)
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}
