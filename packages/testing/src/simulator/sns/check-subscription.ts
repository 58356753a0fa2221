import { invalidParameter } from '../aws-error.ts'
import { readFilterPolicy } from '../filter/check-filter-policy.ts'
import type { FilterPolicy } from '../filter/filter-policy.ts'
import { isRecord, parsedJson } from '../json.ts'
import { filterScopeOf, type SnsAttributes, type Topic } from './topic.ts'

const NAMES = new Set(
  'DeliveryPolicy FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy SubscriptionRoleArn ReplayPolicy'.split(
    ' ',
  ),
)

/** Throws what SNS refuses a subscription's attributes with, behind `where`; gives the filter policy. */
export function checkSubscription(
  topic: Topic,
  endpoint: string,
  attributes: SnsAttributes,
  where: string,
): FilterPolicy | undefined {
  const { FilterPolicy: policy = '', FilterPolicyScope: scope, RawMessageDelivery: raw, RedrivePolicy } = attributes
  const refuse = (reason: string) => invalidParameter(`${where}${reason}`)
  const unknown = Object.keys(attributes).find((name) => !NAMES.has(name))
  if (unknown !== undefined)
    throw invalidParameter(where === '' ? 'AttributeName' : `Attributes Reason: Unknown attribute: ${unknown}`)
  if (raw !== undefined && !/^(true|false)$/i.test(raw))
    throw refuse(`RawMessageDelivery: Invalid value [${raw}]. Must be true or false.`)
  if (scope !== undefined && scope !== 'MessageBody' && scope !== 'MessageAttributes')
    throw refuse(`FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`)
  if (RedrivePolicy) checkDeadLetters(topic, endpoint, RedrivePolicy, refuse)
  return readFilterPolicy(policy, filterScopeOf(attributes), refuse)
}

function checkDeadLetters(topic: Topic, endpoint: string, policy: string, refuse: (reason: string) => Error): void {
  const redrive = parsedJson(policy)
  if (!isRecord(redrive)) throw refuse('RedrivePolicy: failed to parse JSON')
  const target = redrive['deadLetterTargetArn']
  if (typeof target !== 'string' || !/^arn:[^:]+:sqs:[^:]+:\d{12}:.+$/.test(target))
    throw refuse('RedrivePolicy: deadLetterTargetArn is an invalid arn')
  if (endpoint.endsWith('.fifo') && !target.endsWith('.fifo'))
    throw refuse('RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.')
  // a FIFO queue takes nothing without a group
  if (!topic.fifo && target.endsWith('.fifo'))
    throw refuse('RedrivePolicy: must use a standard queue as DLQ for a subscription to a standard topic.')
}
