import type { BatchResultErrorEntry } from '@waybill/sqs'
import { AwsError } from '../aws-error.ts'

/** Does each entry by itself; either list is absent when it would be empty (case 22). */
export function answerBatch<Entry extends { readonly Id: string | undefined }, Success extends object>(
  entries: readonly Entry[],
  act: (entry: Entry) => Success,
) {
  const Successful: (Success & { Id: string })[] = []
  const Failed: BatchResultErrorEntry[] = []
  for (const entry of entries) {
    const Id = entry.Id ?? ''
    try {
      Successful.push({ Id, ...act(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Failed.push({ Id, Code: error.Code, Message: error.message, SenderFault: error.$fault === 'client' })
    }
  }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) }
}
