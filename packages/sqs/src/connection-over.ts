import type { Clock } from '@waybill/core'
import { apiAdmin } from './api-admin.ts'
import type { ApiClients } from './api-clients.ts'
import type { ConnectOptions } from './connect-options.ts'
import type { Connection } from './connection.ts'
import { createConnection } from './create-connection.ts'
import type { Logger } from './logger.ts'
import { snsTransport } from './sns-transport.ts'
import { sqsTransport } from './sqs-transport.ts'
import { toSqsError } from './to-sqs-error.ts'

export interface ConnectionOverOptions extends Pick<
  ConnectOptions,
  'endpoint' | 'accountId' | 'namePrefix' | 'locate'
> {
  readonly clock: Clock
  readonly logger: Logger
}

/** A {@link Connection} whose calls go through these clients. */
export function connectionOver(clients: ApiClients, options: ConnectionOverOptions): Connection {
  const { endpoint, clock, logger, accountId, namePrefix, locate } = options
  return createConnection({
    sqs: sqsTransport({ api: clients.sqs, receiving: clients.receiving, endpoint, clock, logger }),
    sns: snsTransport({ api: clients.sns, endpoint, clock }),
    admin: apiAdmin(clients, endpoint, clock),
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
    close: () => clients.destroy(),
  })
}
