import { subscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'

/**
 * Of every request that this process makes from now on: milliseconds from when Node's HTTP client was given it until its
 * answer began, in the order of the answers.
 */
export function recordRoundTrips(): number[] {
  const roundTrips: number[] = []
  const made = new WeakMap<ClientRequest, number>()
  // Not `request.start`: that comes after the write, by which time an answer may be there.
  subscribe('http.client.request.created', (event) => {
    const request = requestOf(event)
    if (request) made.set(request, performance.now())
  })
  subscribe('http.client.response.finish', (event) => {
    const request = requestOf(event)
    const at = request && made.get(request)
    if (at !== undefined) roundTrips.push(performance.now() - at)
  })
  return roundTrips
}

function requestOf(event: unknown): ClientRequest | undefined {
  if (typeof event !== 'object' || event === null || !('request' in event)) return undefined
  return event.request instanceof ClientRequest ? event.request : undefined
}
