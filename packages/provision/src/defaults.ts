import { TOPIC_BYTES } from '@waybill/sqs'
import type { Attributes } from './change.ts'

// What SQS and SNS mean when they do not say.
const OF_QUEUES: Attributes = { KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300', SqsManagedSseEnabled: 'true' }
export const OF_TOPICS: Attributes = { KmsMasterKeyId: '', MaximumMessageSize: String(TOPIC_BYTES) }
const OF_SUBSCRIPTIONS: Attributes = {
  FilterPolicy: '{}',
  FilterPolicyScope: 'MessageAttributes',
  RawMessageDelivery: 'false',
}
/** A KMS key takes the place of SSE-SQS: what makes of the key nothing brings that back. */
const ONE_ENCRYPTION: Attributes = { SqsManagedSseEnabled: 'true' }

/** What SQS shows of a queue, with what it leaves out. */
export function ofQueue(shown: Attributes): Attributes {
  return { ...OF_QUEUES, ...shown, ...(shown['KmsMasterKeyId'] && ONE_ENCRYPTION) }
}

/** The same for a topic. */
export function ofTopic(shown: Attributes): Attributes {
  return { ...OF_TOPICS, ...shown }
}

/** The same for a subscription. */
export function ofSubscription(shown: Attributes): Attributes {
  return { ...OF_SUBSCRIPTIONS, ...shown }
}
