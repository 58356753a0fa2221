import type { Connection } from '@waybill/sqs'
import type { Remove } from './change.ts'
import { withoutStatement } from './policy.ts'

/** Removes what is not declared. It may be gone already, and the statements of others may have changed since the plan. */
export async function remove({ admin }: Connection, change: Remove): Promise<void> {
  const { attribute = '', id, resource, to = '' } = change
  switch (resource) {
    case 'subscription':
      return admin.unsubscribe(id)
    case 'policy': {
      const { Policy } = await admin.queueAttributes(id)
      return admin.setQueueAttributes(id, { Policy: withoutStatement(Policy, attribute) })
    }
    case 'queue':
      return admin.setQueueAttributes(id, { [attribute]: to })
  }
}
