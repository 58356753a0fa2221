import type { SnsApi, SqsApi } from '@waybill/sqs'
import type { Cloud } from './cloud.ts'
import { messageActions } from './message-actions.ts'
import { moveTaskActions } from './move-tasks.ts'
import { publishActions } from './publish-actions.ts'
import { queueActions } from './queue-actions.ts'
import { subscriptionActions } from './subscription-actions.ts'
import { topicActions } from './topic-actions.ts'

/** SQS and SNS over one account, in the shapes of the AWS SDK. */
export function simulatedApi(cloud: Cloud): { readonly sqs: SqsApi; readonly sns: SnsApi } {
  return {
    sqs: { ...messageActions(cloud), ...queueActions(cloud), ...moveTaskActions(cloud) },
    sns: { ...publishActions(cloud), ...topicActions(cloud), ...subscriptionActions(cloud) },
  }
}
