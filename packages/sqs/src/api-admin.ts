import type { Subscription } from '@aws-sdk/client-sns'
import type { Clock } from '@waybill/core'
import type { ApiClients } from './api-clients.ts'
import { apiCall } from './api-call.ts'
import type { ApiOptions } from './aws-api.ts'
import type { Admin, FoundSubscription } from './ports.ts'
import { SqsError, type SqsErrorCode } from './sqs-error.ts'
import type { What } from './error-text.ts'

const TIMEOUT = 10_000

/** Look-ups and provisioning through AWS's API: each call has 10 s, the SDK's own retries included. */
export function apiAdmin(clients: ApiClients, endpoint: string | undefined, clock: Clock): Admin {
  const on = <Api>(service: What['service'], kind: string, api: () => Api) => {
    // `id` is a name, URL or ARN
    return <Output>(call: string, id: string, run: (api: Api, options: ApiOptions) => Promise<Output>) => {
      const what = { service, call, target: `${kind} '${id.split(/[/:]/).at(-1)}'`, endpoint }
      return apiCall(clock, { timeout: TIMEOUT }, what, (options) => run(api(), options))
    }
  }
  const onQueue = on('sqs', 'queue', clients.adminSqs)
  const onTopic = on('sns', 'topic', clients.adminSns)
  const onSubscription = on('sns', 'subscription', clients.adminSns)

  return {
    account() {
      const target = 'the account of these credentials'
      const what = { service: 'sts', call: 'GetCallerIdentity', target, endpoint } as const
      return apiCall(clock, { timeout: TIMEOUT }, what, (options) => clients.account(options))
    },

    async findQueue(name, account) {
      const request = { QueueName: name, QueueOwnerAWSAccountId: account }
      const finding = onQueue('GetQueueUrl', name, (api, options) => api.getQueueUrl(request, options))
      return (await unless('queue-not-found', finding))?.QueueUrl
    },

    async queueAttributes(url) {
      const { Attributes = {} } = await onQueue('GetQueueAttributes', url, (api, options) =>
        api.getQueueAttributes({ QueueUrl: url, AttributeNames: ['All'] }, options),
      )
      return Attributes
    },

    async createQueue(name, attributes) {
      const request = { QueueName: name, Attributes: { ...attributes } }
      const { QueueUrl = '' } = await onQueue('CreateQueue', name, (api, options) => api.createQueue(request, options))
      return QueueUrl
    },

    async setQueueAttributes(url, attributes) {
      const request = { QueueUrl: url, Attributes: { ...attributes } }
      await onQueue('SetQueueAttributes', url, (api, options) => api.setQueueAttributes(request, options))
    },

    async deleteQueue(url) {
      await onQueue('DeleteQueue', url, (api, options) => api.deleteQueue({ QueueUrl: url }, options))
    },

    async topicAttributes(arn) {
      const request = { TopicArn: arn }
      const reading = onTopic('GetTopicAttributes', arn, (api, options) => api.getTopicAttributes(request, options))
      return (await unless('topic-not-found', reading))?.Attributes
    },

    async createTopic(name, attributes) {
      const request = { Name: name, Attributes: { ...attributes } }
      const { TopicArn = '' } = await onTopic('CreateTopic', name, (api, options) => api.createTopic(request, options))
      return TopicArn
    },

    async setTopicAttribute(arn, name, value) {
      const request = { TopicArn: arn, AttributeName: name, AttributeValue: value }
      await onTopic('SetTopicAttributes', arn, (api, options) => api.setTopicAttributes(request, options))
    },

    async deleteTopic(arn) {
      await onTopic('DeleteTopic', arn, (api, options) => api.deleteTopic({ TopicArn: arn }, options))
    },

    async subscriptions(topicArn) {
      const listed = await onTopic('ListSubscriptionsByTopic', topicArn, async (api, options) => {
        const all: Subscription[] = []
        let next: string | undefined
        do {
          const page = await api.listSubscriptionsByTopic({ TopicArn: topicArn, NextToken: next }, options)
          all.push(...(page.Subscriptions ?? []))
          next = page.NextToken
        } while (next)
        return all
      })
      const found: FoundSubscription[] = []
      for (const { SubscriptionArn: arn = '', Endpoint = '' } of listed) {
        // one that waits for its confirmation has no ARN yet
        if (!arn.startsWith('arn:')) continue
        const request = { SubscriptionArn: arn }
        const reading = onSubscription('GetSubscriptionAttributes', arn, (api, options) =>
          api.getSubscriptionAttributes(request, options),
        )
        const attributes = (await unless('topic-not-found', reading))?.Attributes
        if (attributes) found.push({ arn, endpoint: Endpoint, attributes })
      }
      return found
    },

    async subscribe(topicArn, queueArn, attributes) {
      const request = {
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: queueArn,
        Attributes: { ...attributes },
        ReturnSubscriptionArn: true,
      }
      const { SubscriptionArn = '' } = await onTopic('Subscribe', topicArn, (api, options) =>
        api.subscribe(request, options),
      )
      return SubscriptionArn
    },

    async setSubscriptionAttribute(arn, name, value) {
      const request = {
        SubscriptionArn: arn,
        AttributeName: name,
        AttributeValue: value,
      }
      await onSubscription('SetSubscriptionAttributes', arn, (api, options) =>
        api.setSubscriptionAttributes(request, options),
      )
    },

    async unsubscribe(arn) {
      await onSubscription('Unsubscribe', arn, (api, options) => api.unsubscribe({ SubscriptionArn: arn }, options))
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
