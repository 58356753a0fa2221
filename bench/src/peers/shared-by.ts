/** One for each endpoint: what several queues of a process have in common. */
export function sharedBy<T>(make: (endpoint: string) => T): (endpoint: string) => T {
  const made = new Map<string, T>()
  return (endpoint) => {
    const known = made.get(endpoint)
    if (known !== undefined) return known
    const fresh = make(endpoint)
    made.set(endpoint, fresh)
    return fresh
  }
}
