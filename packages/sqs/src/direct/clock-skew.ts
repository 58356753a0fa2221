/** Signatures of another time than AWS's are good for five minutes. */
const TOLERATED = 4 * 60_000

/** By how many milliseconds AWS's clock, as an answer tells it, is ahead of ours; 0 when that does not matter. Undefined: it does not tell. */
export function clockSkew(date: unknown, now: number): number | undefined {
  const theirs = typeof date === 'string' ? Date.parse(date) : NaN
  if (Number.isNaN(theirs)) return undefined
  return Math.abs(theirs - now) < TOLERATED ? 0 : theirs - now
}
