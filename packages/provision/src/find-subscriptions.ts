import type { Admin, ListedSubscription } from '@waybill/sqs'
import type { Attributes } from './change.ts'

/** A subscription of a queue of the plan. */
export interface FoundSubscription extends ListedSubscription {
  readonly confirmed: boolean
  /** Whether these credentials' account made it: nobody else may read or remove it. */
  readonly ours: boolean
  /** Undefined where they can't be read: it is not confirmed, or another account made it. */
  readonly attributes: Attributes | undefined
}

/** A topic's subscriptions of these queues. It may have many of others, and SNS lets nobody but their owners read those. */
export async function findSubscriptions(
  admin: Admin,
  topicArn: string,
  queueArns: readonly string[],
  account: string,
): Promise<readonly FoundSubscription[]> {
  const found: FoundSubscription[] = []
  for (const listed of await admin.subscriptions(topicArn)) {
    if (!queueArns.includes(listed.endpoint)) continue
    const confirmed = listed.arn.startsWith('arn:')
    // emulators may name nobody
    const ours = listed.owner === account || listed.owner === ''
    const readable = confirmed && ours
    const attributes = readable ? await admin.subscriptionAttributes(listed.arn) : undefined
    // gone meanwhile
    if (readable && !attributes) continue
    found.push({ ...listed, confirmed, ours, attributes })
  }
  return found
}
