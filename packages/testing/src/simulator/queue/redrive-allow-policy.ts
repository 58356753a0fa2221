import { REDRIVE_SOURCES } from '@waybill/sqs'
import { isArray, isRecord, parsedJson } from '../json.ts'
import { QUEUE_ARN } from './queue-arn.ts'

/** Which queues may name a queue as their dead-letter queue: those with these ARNs, or all. */
type Allowed = readonly string[] | 'all'

/** Whether a queue with this RedriveAllowPolicy can be the dead-letter queue of the one with that ARN. */
export function allowsSource(policy: string | undefined, sourceArn: string): boolean {
  const allowed = policy === undefined ? 'all' : allowedBy(policy)
  return allowed === 'all' || allowed?.includes(sourceArn) === true
}

export const isRedriveAllowPolicy = (policy: string): boolean => allowedBy(policy) !== undefined

/** Undefined for what is no such policy. */
function allowedBy(policy: string): Allowed | undefined {
  const value = parsedJson(policy)
  if (!isRecord(value)) return undefined
  const { redrivePermission, sourceQueueArns } = value
  if (redrivePermission === 'byQueue') return isListOfSources(sourceQueueArns) ? sourceQueueArns : undefined
  if (sourceQueueArns !== undefined) return undefined
  if (redrivePermission === 'denyAll') return []
  return redrivePermission === 'allowAll' ? 'all' : undefined
}

function isListOfSources(value: unknown): value is readonly string[] {
  if (!isArray(value) || value.length === 0 || value.length > REDRIVE_SOURCES) return false
  return value.every((arn) => typeof arn === 'string' && QUEUE_ARN.test(arn))
}
