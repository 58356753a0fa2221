import type { SnsApi, SqsApi } from '@waybill/sqs'
import type { Account } from './account.ts'
import { messageActions } from './sqs/message-actions.ts'
import { moveTaskActions } from './sqs/move-task-actions.ts'
import { publishActions } from './sns/publish-actions.ts'
import { queueActions } from './sqs/queue-actions.ts'
import { subscriptionActions } from './sns/subscription-actions.ts'
import { topicActions } from './sns/topic-actions.ts'

/** SQS and SNS over one account, in the shapes of the AWS SDK. */
export function simulatedApi(account: Account): { readonly sqs: SqsApi; readonly sns: SnsApi } {
  return {
    sqs: { ...messageActions(account), ...queueActions(account), ...moveTaskActions(account) },
    sns: { ...publishActions(account), ...topicActions(account), ...subscriptionActions(account) },
  }
}
