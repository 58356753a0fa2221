import { OptionsError, quote } from './options.ts'

/** Refuses what is not an object, or has a key that is no option, as JavaScript and casts would let through. */
export function checkKeys(options: unknown, known: readonly string[], of: string): void {
  if (typeof options !== 'object' || options === null)
    throw new OptionsError(`${of}: ${quote(options)} is not an object of options. Write { ${known[0]}: … }.`)
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const near = known.find((name) => isNear(key.toLowerCase(), name.toLowerCase()))
    throw new OptionsError(
      `${quote(key)} is not an option of ${of}. ${near ? `Did you mean ${near}?` : `Its options are ${known.join(', ')}.`}`,
    )
  }
}

/** Whether at most two letters are missing, too many, wrong or swapped in the middle. */
function isNear(a: string, b: string): boolean {
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++
  return Math.max(a.length, b.length) - start - end <= 2
}
