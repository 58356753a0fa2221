import { subscribe } from 'node:diagnostics_channel'

/**
 * Of every request that this process makes from now on: milliseconds from when the HTTP client, Node's or undici, was given it until
 * its answer began, in the order of the answers.
 */
export function recordRoundTrips(): number[] {
  const roundTrips: number[] = []
  const made = new WeakMap<object, number>()
  // Not Node's `request.start`: that comes after the write, by which time an answer may be there.
  for (const name of ['http.client.request.created', 'undici:request:create']) {
    subscribe(name, (event) => {
      const request = requestOf(event)
      if (request) made.set(request, performance.now())
    })
  }
  for (const name of ['http.client.response.finish', 'undici:request:headers']) {
    subscribe(name, (event) => {
      const request = requestOf(event)
      const at = request && made.get(request)
      if (at !== undefined) roundTrips.push(performance.now() - at)
    })
  }
  return roundTrips
}

function requestOf(event: unknown): object | undefined {
  if (typeof event !== 'object' || event === null || !('request' in event)) return undefined
  const { request } = event
  return typeof request === 'object' && request !== null ? request : undefined
}
