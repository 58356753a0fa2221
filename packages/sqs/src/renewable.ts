/** Credentials were found before, and could not be renewed this time: their source may be slow or away for a moment. */
export class RenewalError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'RenewalError'
  }
}

/** Tells a provider that has worked before, and fails now, from one that finds nothing. */
export function renewable<Args extends readonly unknown[], Found>(
  provider: (...args: Args) => Promise<Found>,
): (...args: Args) => Promise<Found> {
  let worked = false
  return async (...args) => {
    try {
      const found = await provider(...args)
      worked = true
      return found
    } catch (error) {
      throw worked ? new RenewalError(error) : error
    }
  }
}
