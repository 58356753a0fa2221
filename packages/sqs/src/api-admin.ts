import type { Clock } from '@waybill/core'
import { adminCalls } from './admin-calls.ts'
import type { ApiClients } from './api-clients.ts'
import type { Admin } from './ports.ts'
import { queueAdmin } from './queue-admin.ts'
import { subscriptionAdmin } from './subscription-admin.ts'
import { topicAdmin } from './topic-admin.ts'

/** Look-ups and provisioning through AWS's API. */
export function apiAdmin(clients: ApiClients, endpoint: string | undefined, clock: Clock): Admin {
  const { called, on } = adminCalls(clock, endpoint)
  const onTopic = on('sns', 'topic', clients.adminSns)
  return {
    account: () =>
      called(
        { service: 'sts', call: 'GetCallerIdentity', target: 'the account of these credentials' },
        clients.account,
      ),
    ...queueAdmin(on('sqs', 'queue', clients.adminSqs)),
    ...topicAdmin(onTopic),
    ...subscriptionAdmin(onTopic, on('sns', 'subscription', clients.adminSns)),
  }
}
