import type { Subscription } from '@aws-sdk/client-sns'
import type { CallOn } from './admin-calls.ts'
import type { SnsApi } from './aws-api.ts'
import type { SubscriptionAdmin } from './ports.ts'
import { unless } from './unless.ts'

export function subscriptionAdmin(onTopic: CallOn<SnsApi>, on: CallOn<SnsApi>): SubscriptionAdmin {
  return {
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
      return listed
        .map(({ Endpoint: endpoint = '', Owner: owner = '', SubscriptionArn: arn = '' }) => ({ arn, endpoint, owner }))
        .filter(({ arn }) => arn !== 'Deleted')
    },

    async subscriptionAttributes(arn) {
      const request = { SubscriptionArn: arn }
      const reading = on('GetSubscriptionAttributes', arn, (api, options) =>
        api.getSubscriptionAttributes(request, options),
      )
      return (await unless('topic-not-found', reading))?.Attributes
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
      const request = { SubscriptionArn: arn, AttributeName: name, AttributeValue: value }
      await on('SetSubscriptionAttributes', arn, (api, options) => api.setSubscriptionAttributes(request, options))
    },

    async unsubscribe(arn) {
      await on('Unsubscribe', arn, (api, options) => api.unsubscribe({ SubscriptionArn: arn }, options))
    },
  }
}
