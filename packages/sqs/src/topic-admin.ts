import type { CallOn } from './admin-calls.ts'
import type { SnsApi } from './aws-api.ts'
import type { TopicAdmin } from './ports.ts'
import { unless } from './unless.ts'

export function topicAdmin(on: CallOn<SnsApi>): TopicAdmin {
  return {
    async topicAttributes(arn) {
      const request = { TopicArn: arn }
      const reading = on('GetTopicAttributes', arn, (api, options) => api.getTopicAttributes(request, options))
      return (await unless('topic-not-found', reading))?.Attributes
    },

    async topicTags(arn) {
      const request = { ResourceArn: arn }
      const reading = on('ListTagsForResource', arn, (api, options) => api.listTagsForResource(request, options))
      const { Tags = [] } = await reading
      return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]))
    },

    async createTopic(name, attributes, tags = {}) {
      // to create with tags takes a permission more
      const tagged = Object.keys(tags).length > 0 && { Tags: listOf(tags) }
      const request = { Name: name, Attributes: { ...attributes }, ...tagged }
      const { TopicArn = '' } = await on('CreateTopic', name, (api, options) => api.createTopic(request, options))
      return TopicArn
    },

    async setTopicAttribute(arn, name, value) {
      const request = { TopicArn: arn, AttributeName: name, AttributeValue: value }
      await on('SetTopicAttributes', arn, (api, options) => api.setTopicAttributes(request, options))
    },

    async tagTopic(arn, tags) {
      const request = { ResourceArn: arn, Tags: listOf(tags) }
      await on('TagResource', arn, (api, options) => api.tagResource(request, options))
    },

    async deleteTopic(arn) {
      await on('DeleteTopic', arn, (api, options) => api.deleteTopic({ TopicArn: arn }, options))
    },
  }
}

const listOf = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
