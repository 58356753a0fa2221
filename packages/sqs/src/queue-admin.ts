import type { CallOn } from './admin-calls.ts'
import type { SqsApi } from './aws-api.ts'
import type { QueueAdmin } from './ports.ts'
import { unless } from './unless.ts'

export function queueAdmin(on: CallOn<SqsApi>): QueueAdmin {
  return {
    async findQueue(name, account) {
      const request = { QueueName: name, QueueOwnerAWSAccountId: account }
      const finding = on('GetQueueUrl', name, (api, options) => api.getQueueUrl(request, options))
      return (await unless('queue-not-found', finding))?.QueueUrl
    },

    async queueAttributes(url) {
      const request = { QueueUrl: url, AttributeNames: ['All' as const] }
      const reading = on('GetQueueAttributes', url, (api, options) => api.getQueueAttributes(request, options))
      return (await reading).Attributes ?? {}
    },

    async queueTags(url) {
      const reading = on('ListQueueTags', url, (api, options) => api.listQueueTags({ QueueUrl: url }, options))
      return (await reading).Tags ?? {}
    },

    async createQueue(name, attributes, tags = {}) {
      // to create with tags takes a permission more
      const tagged = Object.keys(tags).length > 0 && { tags: { ...tags } }
      const request = { QueueName: name, Attributes: { ...attributes }, ...tagged }
      const { QueueUrl = '' } = await on('CreateQueue', name, (api, options) => api.createQueue(request, options))
      return QueueUrl
    },

    async setQueueAttributes(url, attributes) {
      const request = { QueueUrl: url, Attributes: { ...attributes } }
      await on('SetQueueAttributes', url, (api, options) => api.setQueueAttributes(request, options))
    },

    async tagQueue(url, tags) {
      const request = { QueueUrl: url, Tags: { ...tags } }
      await on('TagQueue', url, (api, options) => api.tagQueue(request, options))
    },

    async deleteQueue(url) {
      await on('DeleteQueue', url, (api, options) => api.deleteQueue({ QueueUrl: url }, options))
    },
  }
}
