import { REDRIVE_SOURCES } from '@waybill/sqs'
import { isRecord, parsed } from './same-json.ts'

/** The RedriveAllowPolicy of a dead-letter queue that these queues may use: all may, where there are more than it can name. */
export function redriveAllowPolicy(sourceArns: readonly string[]): string {
  if (sourceArns.length > REDRIVE_SOURCES) return JSON.stringify({ redrivePermission: 'allowAll' })
  // two machines write the same text
  return JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: sourceArns.toSorted() })
}

/** What lets in whom a policy lets in, and whom another does. Undefined: the policy itself does. */
export function widened(policy: string | undefined, by: string): string | undefined {
  const [present, added] = [sourcesIn(policy), sourcesIn(by)]
  if (present === 'all') return undefined
  if (added === 'all') return by
  if (added.every((source) => present.includes(source))) return undefined
  return redriveAllowPolicy([...new Set([...present, ...added])])
}

/** Whom a policy lets in beyond another one. */
export function sourcesBeyond(policy: string | undefined, wanted: string): readonly string[] | 'all' {
  const [present, declared] = [sourcesIn(policy), sourcesIn(wanted)]
  if (declared === 'all') return []
  return present === 'all' ? 'all' : present.filter((source) => !declared.includes(source))
}

/** SQS lets in all queues of account and region when there is no policy. */
function sourcesIn(policy: string | undefined): readonly string[] | 'all' {
  const value = parsed(policy)
  if (!isRecord(value) || value['redrivePermission'] === 'allowAll') return 'all'
  const { redrivePermission, sourceQueueArns } = value
  return redrivePermission === 'byQueue' && Array.isArray(sourceQueueArns) ? sourceQueueArns.map(String) : []
}
