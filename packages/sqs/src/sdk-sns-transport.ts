import { PublishBatchCommand, type SNSClient } from '@aws-sdk/client-sns'
import type { Clock } from '@waybill/core'
import { entryResults, withIds } from './entry-results.ts'
import type { PublishEntry, SnsTransport } from './ports.ts'
import { toSdkAttributes } from './sdk-attributes.ts'
import { sdkCall } from './sdk-call.ts'
import type { What } from './error-text.ts'

export interface SdkSnsOptions {
  readonly client: () => SNSClient
  readonly endpoint: string | undefined
  readonly clock: Clock
}

/** SNS through the AWS SDK. */
export function sdkSnsTransport({ client, endpoint, clock }: SdkSnsOptions): SnsTransport {
  return {
    async publish(topic, entries, call) {
      const what: What = {
        service: 'sns',
        call: 'PublishBatch',
        target: `topic '${topic.name}' (${topic.arn})`,
        endpoint,
      }
      const command = new PublishBatchCommand({
        TopicArn: topic.arn,
        PublishBatchRequestEntries: withIds(entries, toSdkEntry),
      })
      const answer = await sdkCall(clock, call, what, (options) => client().send(command, options))
      return entryResults(entries, answer, what, ({ MessageId, SequenceNumber }) => ({
        ok: true,
        value: { messageId: MessageId ?? '', sequenceNumber: SequenceNumber },
      }))
    },
  }
}

function toSdkEntry({ body, attributes, group, deduplicationId }: PublishEntry) {
  return {
    Message: body,
    MessageAttributes: toSdkAttributes(attributes),
    MessageGroupId: group,
    MessageDeduplicationId: deduplicationId,
  }
}
