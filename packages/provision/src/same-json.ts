/**
 * Whether two attribute values say the same. AWS and emulators reorder and reformat JSON, write a list of one as its
 * element, and numbers as strings.
 */
export function sameValue(one: string | undefined, other: string | undefined): boolean {
  return sameJson(parsed(one), parsed(other))
}

/** The same for what is parsed already. The order of a list means nothing in policies. */
export function sameJson(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

/** JSON, or the text itself when it is none. */
export function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function canonical(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 1 ? canonical(value[0]) : JSON.stringify(value.map(canonical).toSorted())
  if (!isRecord(value)) return String(value)
  return JSON.stringify(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, canonical(value[key])]),
  )
}
