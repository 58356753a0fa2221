import { systemClock } from '@waybill/core'
import { checkConnectOptions, type ConnectOptions } from './connect-options.ts'
import { connectionOver } from './connection-over.ts'
import type { Connection } from './connection.ts'
import { defaultLogger } from './default-logger.ts'
import { createSdkClients } from './sdk-clients.ts'

/**
 * A connection to SQS and SNS through the AWS SDK. Does no I/O: region, credentials and queues are looked for by the first
 * call that needs them. Whoever calls it closes it, after the producers and consumers that use it.
 *
 * @throws {OptionsError} when an option can't be used.
 * @example
 * await using connection = connect()
 * @example
 * const connection = connect({
 *   region: 'eu-central-1',
 *   locate: ({ kind, name }) => process.env[`${name}_${kind}`.toUpperCase().replaceAll('-', '_')],
 * })
 */
export function connect(options: ConnectOptions = {}): Connection {
  checkConnectOptions(options)
  const { logger = defaultLogger() } = options
  return connectionOver(createSdkClients(options), { ...options, clock: systemClock, logger })
}
