import type { Connection } from '@waybill/sqs'
import { asPlanned } from './as-planned.ts'
import type { Create, Update } from './change.ts'

export async function makeTopic({ admin }: Connection, change: Create | Update): Promise<void> {
  if (change.kind === 'update') return admin.setTopicAttribute(change.id, change.attribute, change.to)
  await asPlanned(change, admin.createTopic(change.name, change.attributes, change.tags))
}

export async function makeSubscription({ admin }: Connection, change: Create | Update): Promise<void> {
  if (change.kind === 'update') return admin.setSubscriptionAttribute(change.id, change.attribute, change.to)
  const { TopicArn = '', Endpoint = '', ...attributes } = change.attributes
  await asPlanned(change, admin.subscribe(TopicArn, Endpoint, attributes))
}
