import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  type Subscription,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { Clock } from '@waybill/core'
import type { Admin, FoundSubscription } from './ports.ts'
import { sdkCall, type SdkCallOptions } from './sdk-call.ts'
import type { SdkClients } from './sdk-clients.ts'
import { SqsError, type SqsErrorCode } from './sqs-error.ts'
import type { What } from './error-text.ts'

const TIMEOUT = 10_000

/** Look-ups and provisioning through the AWS SDK: each call has 10 s, the SDK's own retries included. */
export function sdkAdmin(clients: SdkClients, endpoint: string | undefined, clock: Clock): Admin {
  const on = <Client>(service: What['service'], kind: string, client: () => Client) => {
    // `id` is a name, URL or ARN
    return <Output>(call: string, id: string, run: (client: Client, options: SdkCallOptions) => Promise<Output>) => {
      const what = { service, call, target: `${kind} '${id.split(/[/:]/).at(-1)}'`, endpoint }
      return sdkCall(clock, { timeout: TIMEOUT }, what, (options) => run(client(), options))
    }
  }
  const onQueue = on('sqs', 'queue', clients.adminSqs)
  const onTopic = on('sns', 'topic', clients.adminSns)
  const onSubscription = on('sns', 'subscription', clients.adminSns)

  return {
    async account() {
      const what = {
        service: 'sts',
        call: 'GetCallerIdentity',
        target: 'the account of these credentials',
        endpoint,
      } as const
      const { Account = '' } = await sdkCall(clock, { timeout: TIMEOUT }, what, (options) =>
        clients.sts().send(new GetCallerIdentityCommand(), options),
      )
      return Account
    },

    async findQueue(name, account) {
      const command = new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account })
      const finding = onQueue('GetQueueUrl', name, (client, options) => client.send(command, options))
      return (await unless('queue-not-found', finding))?.QueueUrl
    },

    async queueAttributes(url) {
      const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] })
      const { Attributes = {} } = await onQueue('GetQueueAttributes', url, (client, options) =>
        client.send(command, options),
      )
      return Attributes
    },

    async createQueue(name, attributes) {
      const command = new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } })
      const { QueueUrl = '' } = await onQueue('CreateQueue', name, (client, options) => client.send(command, options))
      return QueueUrl
    },

    async setQueueAttributes(url, attributes) {
      const command = new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { ...attributes } })
      await onQueue('SetQueueAttributes', url, (client, options) => client.send(command, options))
    },

    async deleteQueue(url) {
      await onQueue('DeleteQueue', url, (client, options) =>
        client.send(new DeleteQueueCommand({ QueueUrl: url }), options),
      )
    },

    async topicAttributes(arn) {
      const command = new GetTopicAttributesCommand({ TopicArn: arn })
      const reading = onTopic('GetTopicAttributes', arn, (client, options) => client.send(command, options))
      return (await unless('topic-not-found', reading))?.Attributes
    },

    async createTopic(name, attributes) {
      const command = new CreateTopicCommand({ Name: name, Attributes: { ...attributes } })
      const { TopicArn = '' } = await onTopic('CreateTopic', name, (client, options) => client.send(command, options))
      return TopicArn
    },

    async setTopicAttribute(arn, name, value) {
      const command = new SetTopicAttributesCommand({ TopicArn: arn, AttributeName: name, AttributeValue: value })
      await onTopic('SetTopicAttributes', arn, (client, options) => client.send(command, options))
    },

    async deleteTopic(arn) {
      await onTopic('DeleteTopic', arn, (client, options) =>
        client.send(new DeleteTopicCommand({ TopicArn: arn }), options),
      )
    },

    async subscriptions(topicArn) {
      const listed = await onTopic('ListSubscriptionsByTopic', topicArn, async (client, options) => {
        const all: Subscription[] = []
        const pages = paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn }, options)
        for await (const page of pages) all.push(...(page.Subscriptions ?? []))
        return all
      })
      const found: FoundSubscription[] = []
      for (const { SubscriptionArn: arn = '', Endpoint = '' } of listed) {
        // one that waits for its confirmation has no ARN yet
        if (!arn.startsWith('arn:')) continue
        const command = new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })
        const reading = onSubscription('GetSubscriptionAttributes', arn, (client, options) =>
          client.send(command, options),
        )
        const attributes = (await unless('topic-not-found', reading))?.Attributes
        if (attributes) found.push({ arn, endpoint: Endpoint, attributes })
      }
      return found
    },

    async subscribe(topicArn, queueArn, attributes) {
      const command = new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: queueArn,
        Attributes: { ...attributes },
        ReturnSubscriptionArn: true,
      })
      const { SubscriptionArn = '' } = await onTopic('Subscribe', topicArn, (client, options) =>
        client.send(command, options),
      )
      return SubscriptionArn
    },

    async setSubscriptionAttribute(arn, name, value) {
      const command = new SetSubscriptionAttributesCommand({
        SubscriptionArn: arn,
        AttributeName: name,
        AttributeValue: value,
      })
      await onSubscription('SetSubscriptionAttributes', arn, (client, options) => client.send(command, options))
    },

    async unsubscribe(arn) {
      await onSubscription('Unsubscribe', arn, (client, options) =>
        client.send(new UnsubscribeCommand({ SubscriptionArn: arn }), options),
      )
    },
  }
}

/** What was found, or undefined when the answer is that there is none. */
async function unless<Value>(code: SqsErrorCode, finding: Promise<Value>): Promise<Value | undefined> {
  try {
    return await finding
  } catch (error) {
    if (error instanceof SqsError && error.code === code) return undefined
    throw error
  }
}
