import { AwsError, invalidValue } from '../aws-error.ts'
import { isRecord, parsedJson } from '../json.ts'
import { QUEUE_ARN } from './queue-arn.ts'
import { isQueuePolicy } from './queue-policy.ts'
import { isRedriveAllowPolicy } from './redrive-allow-policy.ts'

export type QueueAttributes = Readonly<Record<string, string>>

const between = (min: number, max: number) => (value: string) =>
  /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max
const oneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value)

const CHECKS: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['DelaySeconds', between(0, 900)],
  ['MaximumMessageSize', between(1_024, 1_048_576)],
  ['MessageRetentionPeriod', between(60, 1_209_600)],
  ['ReceiveMessageWaitTimeSeconds', between(0, 20)],
  ['VisibilityTimeout', between(0, 43_200)],
  ['Policy', isQueuePolicy],
  ['RedrivePolicy', (value) => redrivePolicyOf({ RedrivePolicy: value }) !== undefined],
  ['RedriveAllowPolicy', isRedriveAllowPolicy],
  ['KmsMasterKeyId', () => true],
  ['KmsDataKeyReusePeriodSeconds', between(60, 86_400)],
  ['SqsManagedSseEnabled', oneOf('true', 'false')],
  ['FifoQueue', oneOf('true', 'false')],
  ['ContentBasedDeduplication', oneOf('true', 'false')],
  ['DeduplicationScope', oneOf('queue', 'messageGroup')],
  ['FifoThroughputLimit', oneOf('perQueue', 'perMessageGroupId')],
])
/** What SQS tells besides those. */
const COMPUTED = [
  'QueueArn',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
]
const OF_FIFO = ['DeduplicationScope', 'FifoThroughputLimit']
/** An empty value takes these away. */
const REMOVABLE = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId']

const DEFAULTS: QueueAttributes = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
}
const FIFO_DEFAULTS: QueueAttributes = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
}

export function attributesOfNewQueue(given: QueueAttributes): QueueAttributes {
  const fifo = given['FifoQueue'] === 'true'
  if (given['FifoQueue'] === 'false') throw unknownAttribute('FifoQueue')
  return resolve({ ...DEFAULTS, ...(fifo && FIFO_DEFAULTS) }, given, fifo)
}

export function changedAttributes(before: QueueAttributes, given: QueueAttributes): QueueAttributes {
  const fifo = before['FifoQueue'] === 'true'
  if (given['FifoQueue'] !== undefined && !fifo) throw unknownAttribute('FifoQueue')
  if (given['FifoQueue'] === 'false')
    throw invalidAttribute('FifoQueue', 'Reason: Modifying queue type is not supported.')
  return resolve(before, given, fifo)
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

export function redrivePolicyOf({ RedrivePolicy }: QueueAttributes): RedrivePolicy | undefined {
  const value = parsedJson(RedrivePolicy ?? '')
  if (!isRecord(value)) return undefined
  const { deadLetterTargetArn } = value
  const maxReceiveCount = Number(value['maxReceiveCount'])
  if (typeof deadLetterTargetArn !== 'string' || !QUEUE_ARN.test(deadLetterTargetArn)) return undefined
  const isLegal = Number.isInteger(maxReceiveCount) && maxReceiveCount >= 1 && maxReceiveCount <= 1_000
  return isLegal ? { deadLetterTargetArn, maxReceiveCount } : undefined
}

function resolve(before: QueueAttributes, given: QueueAttributes, fifo: boolean): QueueAttributes {
  check(given, fifo)
  const encryption = given['KmsMasterKeyId'] ? { SqsManagedSseEnabled: 'false' } : {}
  const resolved = withoutEmpty({ ...before, ...encryption, ...given })
  if (resolved['KmsMasterKeyId'] && resolved['SqsManagedSseEnabled'] === 'true')
    throw new AwsError(
      'InvalidAttributeName',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    )
  if (resolved['FifoThroughputLimit'] === 'perMessageGroupId' && resolved['DeduplicationScope'] !== 'messageGroup')
    throw invalidAttribute('FifoThroughputLimit', 'Reason: it takes the DeduplicationScope messageGroup.')
  return resolved
}

function check(given: QueueAttributes, fifo: boolean): void {
  for (const [name, value] of Object.entries(given)) {
    const isLegal = CHECKS.get(name)
    if (!isLegal) throw unknownAttribute(name)
    if (name === 'ContentBasedDeduplication' && !fifo) throw unknownAttribute(name)
    if (OF_FIFO.includes(name) && !fifo)
      throw new AwsError('InvalidAttributeName', `You can specify the ${name} only when FifoQueue is set to true.`)
    if (value === '' && REMOVABLE.includes(name)) continue
    if (isLegal(value)) continue
    if (name === 'RedrivePolicy' || name === 'RedriveAllowPolicy')
      throw invalidValue(`Value ${value} for parameter ${name} is invalid. Reason: Invalid value.`)
    throw invalidAttribute(name)
  }
}

export const isQueueAttribute = (name: string) => CHECKS.has(name) || COMPUTED.includes(name)
export const unknownAttribute = (name: string) => new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`)
const invalidAttribute = (name: string, reason = '') =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}. ${reason}`.trim())

function withoutEmpty(attributes: QueueAttributes): QueueAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))
}
