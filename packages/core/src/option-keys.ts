import { OptionsError, quote } from './options.ts'

/**
 * Refuses what is not an object, or has a key that is no option, as JavaScript and casts would let through. `of` is what
 * has them, as in `createProducer`; `what` is what they are, when not options.
 */
export function checkKeys(options: unknown, known: readonly string[], of: string, what = 'option'): void {
  if (!isDictionary(options)) {
    const [first] = known
    const advice = first === undefined ? 'It takes none.' : `Write { ${asKey(first)}: … }.`
    throw new OptionsError(`${of}: ${quote(options)} is not an object of ${what}s. ${advice}`)
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    throw new OptionsError(`${quote(key)} is not an ${what} of ${of}. ${nearest(key, known) ?? all(known, what)}`)
  }
}

/** Whether a value is read by its keys: an object, and no array, Map or Set. */
export function isDictionary(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value)
}

/** The sentence that asks for the known name which is likely meant; undefined when none is. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const near = known.find((one) => isNear(name.toLowerCase(), one.toLowerCase()))
  return near === undefined ? undefined : `Did you mean ${asKey(near)}?`
}

function all(known: readonly string[], what: string): string {
  return known.length === 0 ? 'It takes none.' : `Its ${what}s are ${known.join(', ')}.`
}

/** A key as an object literal has it. */
function asKey(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : quote(name)
}

/** Shorter names are found in many others. */
const MIN_PART = 4

/** Whether one is a part of the other, or at most two letters are missing, too many, wrong or swapped in the middle. */
function isNear(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (short.length >= MIN_PART && long.includes(short)) return true
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < short.length - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const changed = long.length - start - end
  return changed <= 2 && 2 * changed <= long.length
}
