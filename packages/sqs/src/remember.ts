/**
 * Remembers what was found, by key. Concurrent look-ups share one promise; a failure is forgotten, so that what is made
 * later is found.
 */
export function remember<Sought, Value>(
  keyOf: (sought: Sought) => string,
  find: (sought: Sought) => Promise<Value>,
): (sought: Sought) => Promise<Value> {
  const known = new Map<string, Promise<Value>>()
  return (sought) => {
    const key = keyOf(sought)
    const before = known.get(key)
    if (before) return before
    const finding = find(sought)
    known.set(key, finding)
    finding.catch(() => known.delete(key))
    return finding
  }
}
