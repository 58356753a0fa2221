import type { SNSClient } from '@aws-sdk/client-sns'
import { PublishBatchCommand } from '@aws-sdk/client-sns'
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import { userAgentOf } from '../http/user-agent.ts'
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
