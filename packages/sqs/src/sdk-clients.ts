import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { STSClient } from '@aws-sdk/client-sts'
import type { ConnectOptions } from './connect-options.ts'

// One try: all retrying of the hot calls is Waybill's, where it can keep order and batches.
const ONE_TRY = { maxAttempts: 1, retryMode: 'standard' } as const
// Look-ups and provisioning are rare, one by one, and repeatable: here the SDK's own retry is enough.
const FEW_TRIES = { maxAttempts: 3, retryMode: 'standard' } as const
// Long polls hold a socket each; how many there are is the consumers' business.
const MANY_SOCKETS = { keepAlive: true, maxSockets: Infinity }

/** The clients of one connection, each with its own sockets. Most processes need few of them: each is made at its first use. */
export function createSdkClients({ region, endpoint, aws }: ConnectOptions) {
  const given = { ...aws, ...(region && { region }), ...(endpoint && { endpoint }) }
  const sqs = { ...given, useQueueUrlAsEndpoint: false, md5: false } as const
  const first = new SQSClient({ ...sqs, ...ONE_TRY })
  // found once, for all
  const found = { region: first.config.region, credentials: first.config.credentials }
  const made: { destroy(): void }[] = [first]
  const lazily = <Client extends { destroy(): void }>(make: () => Client) => {
    let client: Client | undefined
    return () => {
      if (!client) made.push((client = make()))
      return client
    }
  }
  const requestHandler = sqs.requestHandler ?? { httpAgent: MANY_SOCKETS, httpsAgent: MANY_SOCKETS }
  return {
    sqs: first,
    receiving: lazily(() => new SQSClient({ ...sqs, ...found, ...ONE_TRY, requestHandler })),
    sns: lazily(() => new SNSClient({ ...given, ...found, ...ONE_TRY })),
    adminSqs: lazily(() => new SQSClient({ ...sqs, ...found, ...FEW_TRIES })),
    adminSns: lazily(() => new SNSClient({ ...given, ...found, ...FEW_TRIES })),
    sts: lazily(() => new STSClient({ ...given, ...found, ...FEW_TRIES })),
    destroy() {
      for (const client of made) client.destroy()
    },
  }
}

export type SdkClients = ReturnType<typeof createSdkClients>
