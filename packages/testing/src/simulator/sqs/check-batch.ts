import { BATCH_ENTRIES } from '@waybill/sqs'
import { sqsError } from '../aws-error.ts'

interface Entry {
  readonly Id: string | undefined
}

/** Throws what SQS refuses a whole batch with. `kind` is the entries' as AWS names them. */
export function checkBatch(entries: readonly Entry[], kind: string): void {
  if (entries.length === 0) throw sqsError('EmptyBatchRequest', `There should be at least one ${kind} in the request.`)
  if (entries.length > BATCH_ENTRIES)
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${BATCH_ENTRIES}. You have sent ${entries.length}.`,
    )
  const ids = new Set<string>()
  for (const { Id = '' } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id))
      throw sqsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      )
    if (ids.has(Id)) throw sqsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`)
    ids.add(Id)
  }
}
