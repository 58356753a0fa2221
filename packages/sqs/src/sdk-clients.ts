import { SNS } from '@aws-sdk/client-sns'
import { SQS, SQSClient } from '@aws-sdk/client-sqs'
import { STS } from '@aws-sdk/client-sts'
import type { ApiClients } from './api-clients.ts'
import { ClosedError } from './closed-error.ts'
import type { ConnectOptions } from './connect-options.ts'
import { renewable } from './renewable.ts'

// One try: all retrying of the hot calls is Waybill's, where it can keep order and batches.
const ONE_TRY = { maxAttempts: 1, retryMode: 'standard' } as const
// Look-ups and provisioning are rare, one by one, and repeatable: here the SDK's own retry is enough.
const FEW_TRIES = { maxAttempts: 3, retryMode: 'standard' } as const
// How many calls there are at once is the business of producers and consumers: none waits for another's socket, least of
// all a delete for a long poll.
const MANY_SOCKETS = { keepAlive: true, maxSockets: Infinity }

/** The clients of one connection, each with its own sockets. Most processes need few of them: each is made at its first use. */
export function createSdkClients({ region, endpoint, aws }: ConnectOptions): ApiClients {
  const given = { ...aws, ...(region && { region }), ...(endpoint && { endpoint }) }
  const sqs = { ...given, useQueueUrlAsEndpoint: false, md5: false } as const
  // Makes no call: it finds region and credentials, once for all.
  const chain = new SQSClient(sqs)
  const found = { region: chain.config.region, credentials: renewable(chain.config.credentials) }
  const made: { destroy(): void }[] = [chain]
  let destroyed = false
  const lazily = <Client extends { destroy(): void }>(make: () => Client) => {
    let client: Client | undefined
    return () => {
      if (destroyed) throw new ClosedError()
      if (!client) made.push((client = make()))
      return client
    }
  }
  const hot = {
    ...ONE_TRY,
    ...found,
    requestHandler: sqs.requestHandler ?? { httpAgent: MANY_SOCKETS, httpsAgent: MANY_SOCKETS },
  }
  const sts = lazily(() => new STS({ ...given, ...found, ...FEW_TRIES }))
  return {
    region: chain.config.region,
    sqs: lazily(() => new SQS({ ...sqs, ...hot })),
    receiving: lazily(() => new SQS({ ...sqs, ...hot })),
    sns: lazily(() => new SNS({ ...given, ...hot })),
    adminSqs: lazily(() => new SQS({ ...sqs, ...found, ...FEW_TRIES })),
    adminSns: lazily(() => new SNS({ ...given, ...found, ...FEW_TRIES })),
    account: async (options) => (await sts().getCallerIdentity({}, options)).Account ?? '',
    destroy() {
      destroyed = true
      for (const client of made) client.destroy()
    },
  }
}
