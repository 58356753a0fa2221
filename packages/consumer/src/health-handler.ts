import type { IncomingMessage, ServerResponse } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { checkKeys, type Duration, milliseconds } from '@waybill/core'
import { checkConsumers } from './check-consumers.ts'
import type { Consumer } from './consumer.ts'

const PROBES: ReadonlyMap<string, 'live' | 'ready'> = new Map([
  ['/', 'live'],
  ['/health', 'live'],
  ['/ready', 'ready'],
  ['/health/ready', 'ready'],
])

/** When a worker counts as dead. */
export interface HealthHandlerOptions {
  /** A consumer that has had room for so long without a poll is stalled. Default `'2m'`: pauses after failures take up to one. */
  readonly maxStall?: Duration | undefined
  /** An event loop that was blocked for so long since the last probe loses leases. Default `'5s'`. */
  readonly maxEventLoopDelay?: Duration | undefined
}

/**
 * A request listener that tells how the consumers of this process are, as JSON, for `node:http` and frameworks on top of it.
 * `GET /health` is liveness: 503 when a consumer is stalled or the event loop was blocked for long; not when AWS can't be reached,
 * which a restart doesn't mend. `GET /health/ready` is readiness: 200 while every consumer runs or is paused. Mounted under a path
 * of your own, `/` is liveness and `/ready` readiness; anything else is 404.
 *
 * @throws {OptionsError} when an option is no duration, or the consumers are no list of them.
 * @example
 * createServer(healthHandler([receipts, stock])).listen(8080)
 */
export function healthHandler(
  consumers: readonly Consumer[],
  options: HealthHandlerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  checkConsumers(consumers, 'healthHandler')
  checkKeys(options, ['maxStall', 'maxEventLoopDelay'], 'healthHandler')
  const maxStall = milliseconds(options.maxStall ?? '2m', 'maxStall')
  const maxDelay = milliseconds(options.maxEventLoopDelay ?? '5s', 'maxEventLoopDelay')
  const loop = monitorEventLoopDelay({ resolution: 20 })
  loop.enable()

  function live() {
    const eventLoopDelay = Math.round(loop.max / 1e6)
    loop.reset()
    const states = consumers.map((consumer) => ({ queue: consumer.queue, ...consumer.health() }))
    return {
      ok: eventLoopDelay <= maxDelay && states.every(({ stalledFor }) => stalledFor <= maxStall),
      eventLoopDelay,
      consumers: states,
    }
  }
  function ready() {
    const states = consumers.map(({ queue, state }) => ({ queue, state }))
    return { ok: states.every(({ state }) => state === 'running' || state === 'paused'), consumers: states }
  }

  return ({ method, url = '' }, response) => {
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
    const probe = PROBES.get(url.replace(/\?.*$/, ''))
    if (!probe) return void response.writeHead(404).end()
    const answer = probe === 'ready' ? ready() : live()
    response.writeHead(answer.ok ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(JSON.stringify(answer))
  }
}
