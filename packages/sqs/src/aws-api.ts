import type * as sns from '@aws-sdk/client-sns'
import type * as sqs from '@aws-sdk/client-sqs'

export interface ApiOptions {
  readonly abortSignal?: AbortSignal
}

type Action<Input, Output = unknown> = (input: Input, options?: ApiOptions) => Promise<Output>

/** SQS's actions in AWS's own shapes: what the AWS SDK's `SQS` offers, and what the simulator plays. */
export interface SqsApi {
  readonly cancelMessageMoveTask: Action<sqs.CancelMessageMoveTaskRequest, sqs.CancelMessageMoveTaskResult>
  readonly changeMessageVisibility: Action<sqs.ChangeMessageVisibilityRequest>
  readonly changeMessageVisibilityBatch: Action<
    sqs.ChangeMessageVisibilityBatchRequest,
    Partial<sqs.ChangeMessageVisibilityBatchResult>
  >
  readonly createQueue: Action<sqs.CreateQueueRequest, sqs.CreateQueueResult>
  readonly deleteMessage: Action<sqs.DeleteMessageRequest>
  readonly deleteMessageBatch: Action<sqs.DeleteMessageBatchRequest, Partial<sqs.DeleteMessageBatchResult>>
  readonly deleteQueue: Action<sqs.DeleteQueueRequest>
  readonly getQueueAttributes: Action<sqs.GetQueueAttributesRequest, sqs.GetQueueAttributesResult>
  readonly getQueueUrl: Action<sqs.GetQueueUrlRequest, sqs.GetQueueUrlResult>
  readonly listDeadLetterSourceQueues: Action<
    sqs.ListDeadLetterSourceQueuesRequest,
    sqs.ListDeadLetterSourceQueuesResult
  >
  readonly listMessageMoveTasks: Action<sqs.ListMessageMoveTasksRequest, sqs.ListMessageMoveTasksResult>
  readonly listQueueTags: Action<sqs.ListQueueTagsRequest, sqs.ListQueueTagsResult>
  readonly purgeQueue: Action<sqs.PurgeQueueRequest>
  readonly receiveMessage: Action<sqs.ReceiveMessageRequest, sqs.ReceiveMessageResult>
  readonly sendMessage: Action<sqs.SendMessageRequest, sqs.SendMessageResult>
  readonly sendMessageBatch: Action<sqs.SendMessageBatchRequest, Partial<sqs.SendMessageBatchResult>>
  readonly setQueueAttributes: Action<sqs.SetQueueAttributesRequest>
  readonly startMessageMoveTask: Action<sqs.StartMessageMoveTaskRequest, sqs.StartMessageMoveTaskResult>
  readonly tagQueue: Action<sqs.TagQueueRequest>
}

/** What is called again and again while messages flow. */
export interface HotSqsApi extends Pick<
  SqsApi,
  'changeMessageVisibilityBatch' | 'deleteMessageBatch' | 'sendMessageBatch'
> {
  readonly receiveMessage: Action<sqs.ReceiveMessageRequest, { readonly Messages?: readonly ApiMessage[] | undefined }>
}
export type HotSnsApi = Pick<SnsApi, 'publishBatch'>

/** A received message. */
export interface ApiMessage extends Omit<sqs.Message, 'MessageAttributes'> {
  readonly MessageAttributes?: Readonly<Record<string, ApiAttribute>> | undefined
}

/** An attribute of it, of which SQS's JSON has what is binary in base64. */
export interface ApiAttribute extends Omit<sqs.MessageAttributeValue, 'BinaryValue'> {
  readonly BinaryValue?: Uint8Array | string | undefined
}

/** SNS's actions, likewise. */
export interface SnsApi {
  readonly createTopic: Action<sns.CreateTopicInput, sns.CreateTopicResponse>
  readonly deleteTopic: Action<sns.DeleteTopicInput>
  readonly getSubscriptionAttributes: Action<sns.GetSubscriptionAttributesInput, sns.GetSubscriptionAttributesResponse>
  readonly getTopicAttributes: Action<sns.GetTopicAttributesInput, sns.GetTopicAttributesResponse>
  readonly listSubscriptionsByTopic: Action<sns.ListSubscriptionsByTopicInput, sns.ListSubscriptionsByTopicResponse>
  readonly listTagsForResource: Action<sns.ListTagsForResourceRequest, sns.ListTagsForResourceResponse>
  readonly publish: Action<sns.PublishInput, sns.PublishResponse>
  readonly publishBatch: Action<sns.PublishBatchInput, sns.PublishBatchResponse>
  readonly setSubscriptionAttributes: Action<sns.SetSubscriptionAttributesInput>
  readonly setTopicAttributes: Action<sns.SetTopicAttributesInput>
  readonly subscribe: Action<sns.SubscribeInput, sns.SubscribeResponse>
  readonly tagResource: Action<sns.TagResourceRequest>
  readonly unsubscribe: Action<sns.UnsubscribeInput>
}

/** The shapes that cross {@link SqsApi} and {@link SnsApi}. */
export type { BatchResultErrorEntry, Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
