import type { SnsApi, SqsApi } from '@waybill/sqs'
import type { Cloud } from './cloud.ts'
import { messageActions } from './sqs/message-actions.ts'
import { moveTaskActions } from './sqs/move-task-actions.ts'
import { publishActions } from './sns/publish-actions.ts'
import { queueActions } from './sqs/queue-actions.ts'
import { subscriptionActions } from './sns/subscription-actions.ts'
import { topicActions } from './sns/topic-actions.ts'

/** SQS and SNS over one account, in the shapes of the AWS SDK. */
export function simulatedApi(cloud: Cloud): { readonly sqs: SqsApi; readonly sns: SnsApi } {
  return {
    sqs: { ...messageActions(cloud), ...queueActions(cloud), ...moveTaskActions(cloud) },
    sns: { ...publishActions(cloud), ...topicActions(cloud), ...subscriptionActions(cloud) },
  }
}
