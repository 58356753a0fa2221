import type { SNSClient } from '@aws-sdk/client-sns'
import type { SQSClient } from '@aws-sdk/client-sqs'

/** Who calls, as the AWS SDK says it for this client, but for which of its features a call uses. */
export async function userAgentOf({ config }: SQSClient | SNSClient): Promise<string> {
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
