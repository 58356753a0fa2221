import type { SNSClient } from '@aws-sdk/client-sns'
import { PublishBatchCommand } from '@aws-sdk/client-sns'
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import type { Service } from './signed-post.ts'

/** Where the SDK's client would send its calls, and in what name: by its region, its endpoint rules and its configuration files. */
export async function serviceOf(kind: 'sqs' | 'sns', client: SQSClient | SNSClient): Promise<Service> {
  const command = kind === 'sqs' ? SendMessageBatchCommand : PublishBatchCommand
  const { url } = await getEndpointFromInstructions({}, command, client.config)
  const region = await client.config.region()
  return {
    origin: url.origin,
    host: url.host,
    path: url.pathname.replace(/\/?$/, '/'),
    scope: { region, service: kind },
    userAgent: await userAgentOf(client),
  }
}

async function userAgentOf({ config }: SQSClient | SNSClient): Promise<string> {
  const appId = await config.userAgentAppId()
  const app: [string, string][] = appId ? [['app', appId]] : []
  const said = [...(await config.defaultUserAgentProvider()), ...app, ...(config.customUserAgent ?? [])]
  return said.map(product).join(' ')
}

/** `lang/js`, `md/nodejs#24.1.0`, `api/sqs#3.1.0`, `aws-sdk-js/3.1.0`. */
function product([name, version]: readonly [name: string, version?: string | undefined]): string {
  const text = version === undefined ? name : `${name}${name.includes('/') ? '#' : '/'}${version}`
  return text.replace(/^api\/.*/, (api) => api.toLowerCase()).replace(/[^\w!$%&'*+.^`|~/#-]/g, '-')
}
