import { systemClock } from '@waybill/core'
import { checkConnectOptions, type ConnectOptions } from './connect-options.ts'
import type { Connection } from './connection.ts'
import { createConnection } from './create-connection.ts'
import { defaultLogger } from './default-logger.ts'
import { sdkAdmin } from './sdk-admin.ts'
import { createSdkClients } from './sdk-clients.ts'
import { sdkSnsTransport } from './sdk-sns-transport.ts'
import { sdkSqsTransport } from './sdk-sqs-transport.ts'
import { toSqsError } from './to-sqs-error.ts'

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
 *   locate: ({ kind, name }) => (kind === 'queue' ? process.env[`${name.toUpperCase()}_QUEUE_URL`] : undefined),
 * })
 */
export function connect(options: ConnectOptions = {}): Connection {
  checkConnectOptions(options)
  const { endpoint, accountId, namePrefix, locate, logger = defaultLogger() } = options
  const clock = systemClock
  const clients = createSdkClients(options)
  return createConnection({
    sqs: sdkSqsTransport({ client: clients.sqs, receiving: clients.receiving, endpoint, clock, logger }),
    sns: sdkSnsTransport({ client: clients.sns, endpoint, clock }),
    admin: sdkAdmin(clients, endpoint, clock),
    clock,
    logger,
    accountId,
    namePrefix,
    locate,
    region: async () => {
      try {
        return await clients.region()
      } catch (error) {
        throw toSqsError(error, { service: 'sqs', call: 'connect()', target: 'connection' })
      }
    },
    close: async () => clients.destroy(),
  })
}
