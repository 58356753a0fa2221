import { refusalOf } from '@waybill/core'
import type { EntryResult } from './ports.ts'
import { errorOf, type What } from './error-text.ts'
import { type FailedEntry, toEntryError } from './to-sqs-error.ts'

/** The answer to a batch call, of SQS and SNS alike. Either list is absent when it would be empty. */
export interface BatchAnswer<Success> {
  readonly Successful?: readonly Success[] | undefined
  readonly Failed?: readonly (FailedEntry & { readonly Id: string | undefined })[] | undefined
}

/** Entries as a batch call takes them: with the ids that {@link entryResults} reads. */
export function withIds<Entry, Sent extends object>(entries: readonly Entry[], toSent: (entry: Entry) => Sent) {
  return entries.map((entry, index) => ({ Id: String(index), ...toSent(entry) }))
}

/** One result for each entry, in their order; an entry that the answer does not name can be tried again. */
export function entryResults<Entry, Success extends { readonly Id?: string | undefined }, Value>(
  entries: readonly Entry[],
  answer: BatchAnswer<Success>,
  what: What,
  accept: (success: Success, entry: Entry) => EntryResult<Value>,
): EntryResult<Value>[] {
  const successful = new Map(answer.Successful?.map((success) => [success.Id, success]))
  const failed = new Map(answer.Failed?.map((failure) => [failure.Id, failure]))
  return entries.map((entry, index) => {
    const success = successful.get(String(index))
    if (success) return accept(success, entry)
    const failure = failed.get(String(index))
    return refusalOf(failure ? toEntryError(failure, what) : noAnswer(what))
  })
}

function noAnswer(what: What) {
  return errorOf(
    { code: 'no-answer', verdict: 'now', unknown: true },
    'was answered without a word on this entry',
    what,
  )
}
