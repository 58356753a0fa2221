import { type Backend, backendOf, type BackendOptions } from './backend.ts'
import { optionalPeer } from './optional-peer.ts'

export interface EmbeddedOptions extends BackendOptions {
  /** Default: any free port. */
  readonly port?: number | undefined
}

/**
 * SQS and SNS inside this process: an empty account, listening on 127.0.0.1 only, ready in milliseconds. It keeps nothing
 * when closed. Needs the package `fauxqs` and Node 22.13, or 22.12 with `--experimental-sqlite`.
 *
 * It differs from AWS: a receive brings one message of a message group instead of up to ten, a FIFO receipt handle
 * outlives its visibility timeout, message attributes are not checked, and a body with a character beyond U+FFFF (an
 * emoji) is refused. `localstack()` is closer.
 *
 * @throws {TestingError} `not-installed` when `fauxqs` is missing.
 * @example
 * await using aws = await embedded()
 * await using payments = createProducer(aws, orders)
 */
export async function embedded({ port = 0, ...options }: EmbeddedOptions = {}): Promise<Backend> {
  const { buildApp } = await optionalPeer('fauxqs', () => import('fauxqs'))
  // Not `startFauxqs`, which listens on every interface.
  const app = buildApp({ logger: false })
  const endpoint = await app.listen({ host: '127.0.0.1', port })
  return backendOf(endpoint, options, () => app.close())
}
