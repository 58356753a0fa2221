import type { Clock } from '@waybill/core'
import { apiCall } from './api-call.ts'
import type { HotSnsApi } from './aws-api.ts'
import { entryResults, withIds } from './entry-results.ts'
import type { PublishEntry, SnsTransport } from './ports.ts'
import { toSdkAttributes } from './sdk-attributes.ts'
import type { What } from './error-text.ts'

export interface SnsTransportOptions {
  readonly api: () => HotSnsApi
  readonly endpoint: string | undefined
  readonly clock: Clock
}

/** SNS through its API. */
export function snsTransport({ api, endpoint, clock }: SnsTransportOptions): SnsTransport {
  return {
    async publish(topic, entries, call) {
      const what: What = {
        service: 'sns',
        call: 'PublishBatch',
        target: `topic '${topic.name}' (${topic.arn})`,
        endpoint,
      }
      // made where it is used up, and not kept until the answer comes
      const answer = await apiCall(clock, call, what, (options) =>
        api().publishBatch({ TopicArn: topic.arn, PublishBatchRequestEntries: withIds(entries, toSdkEntry) }, options),
      )
      return entryResults(entries, answer, what, ({ MessageId, SequenceNumber }) => ({
        ok: true,
        value: { messageId: MessageId ?? '', sequenceNumber: SequenceNumber },
      }))
    },
  }
}

function toSdkEntry(id: string, { body, attributes, group, deduplicationId }: PublishEntry) {
  return {
    Id: id,
    Message: body,
    MessageAttributes: toSdkAttributes(attributes),
    MessageGroupId: group,
    MessageDeduplicationId: deduplicationId,
  }
}
