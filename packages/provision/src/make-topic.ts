import type { Connection } from '@waybill/sqs'
import { asPlanned } from './as-planned.ts'
import type { Change, Create, Update } from './change.ts'
import { ofSubscription, ofTopic } from './defaults.ts'
import { checkUpdate } from './unchanged.ts'

export async function makeTopic(
  { admin }: Connection,
  change: Create | Update,
  plan: readonly Change[],
): Promise<void> {
  if (change.kind === 'create') {
    await asPlanned(change, admin.createTopic(change.name, change.attributes, change.tags))
    return
  }
  const { attribute, id, to } = change
  const now = ofTopic((await admin.topicAttributes(id)) ?? {})
  checkUpdate(change, now[attribute], plan)
  await admin.setTopicAttribute(id, attribute, to)
}

export async function makeSubscription(
  { admin }: Connection,
  change: Create | Update,
  plan: readonly Change[],
): Promise<void> {
  if (change.kind === 'create') {
    const { TopicArn = '', Endpoint = '', ...attributes } = change.attributes
    await asPlanned(change, admin.subscribe(TopicArn, Endpoint, attributes))
    return
  }
  const { attribute, id, to } = change
  const now = ofSubscription((await admin.subscriptionAttributes(id)) ?? {})
  checkUpdate(change, now[attribute], plan)
  await admin.setSubscriptionAttribute(id, attribute, to)
}
