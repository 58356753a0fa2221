import { SNS, SNSClient } from '@aws-sdk/client-sns'
import { SQS, SQSClient } from '@aws-sdk/client-sqs'
import { STS } from '@aws-sdk/client-sts'
import type { ApiClients } from './api-clients.ts'
import { ClosedError } from './closed-error.ts'
import type { ConnectOptions } from './connect-options.ts'
import { directClients } from './direct/direct-clients.ts'
import { HttpClient } from './http/http-client.ts'
import { lean } from './http/lean.ts'
import { plainJson } from './http/plain-json.ts'
import { sdkHandler, sdkSigner } from './http/sdk-handler.ts'
import { userAgentOf } from './http/user-agent.ts'
import { renewable } from './renewable.ts'

// One try: all retrying of the hot calls is Waybill's, where it can keep order and batches.
const ONE_TRY = { maxAttempts: 1, retryMode: 'standard' } as const
// Look-ups and provisioning are rare, one by one, and repeatable: here the SDK's own retry is enough.
const FEW_TRIES = { maxAttempts: 3, retryMode: 'standard' } as const

/** The clients of one connection. Most processes need few of them: each is made at its first use. */
export function createSdkClients({ region, endpoint, aws, transport = 'sdk' }: ConnectOptions): ApiClients {
  const given = { ...aws, ...(region && { region }), ...(endpoint && { endpoint }) }
  const sqs = { ...given, useQueueUrlAsEndpoint: false, md5: false } as const
  // Makes no call: it finds region and credentials, once for all.
  const chain = new SQSClient(sqs)
  const credentials = renewable(chain.config.credentials)
  const found = { region: chain.config.region, credentials }
  const http = new HttpClient()
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
  // The SDK's own take longer (docs/decisions/0030-our-http-under-the-sdk.md).
  const ours = (service: 'sqs' | 'sns') => ({
    requestHandler: sdkHandler(http),
    signer: sdkSigner({ ...found, service }),
  })
  const hot = { ...found, ...ONE_TRY }
  const sts = lazily(() => new STS({ ...given, ...found, ...FEW_TRIES }))
  const hotSqs = () => {
    const client = new SQS({ ...ours('sqs'), ...sqs, ...hot })
    client.middlewareStack.use(lean(() => userAgentOf(client)))
    client.middlewareStack.use(plainJson(client))
    return client
  }
  const hotSns = () => {
    const client = new SNS({ ...ours('sns'), ...given, ...hot })
    client.middlewareStack.use(lean(() => userAgentOf(client)))
    return client
  }
  const sdk = { sqs: lazily(hotSqs), receiving: lazily(hotSqs), sns: lazily(hotSns) }
  return {
    ...(transport === 'sdk'
      ? sdk
      : directClients({
          http,
          credentials,
          sqs: lazily(() => chain),
          sns: lazily(() => new SNSClient({ ...given, ...found })),
        })),
    region: chain.config.region,
    adminSqs: lazily(() => new SQS({ ...sqs, ...found, ...FEW_TRIES })),
    adminSns: lazily(() => new SNS({ ...given, ...found, ...FEW_TRIES })),
    account: async (options) => (await sts().getCallerIdentity({}, options)).Account ?? '',
    async destroy() {
      destroyed = true
      for (const client of made) client.destroy()
      await http.destroy()
    },
  }
}
