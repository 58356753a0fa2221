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
export function withIds<Entry, Sent extends { readonly Id: string }>(
  entries: readonly Entry[],
  toSent: (id: string, entry: Entry) => Sent,
): Sent[] {
  return entries.map((entry, index) => toSent(String(index), entry))
}

/** One result for each entry, in their order; an entry that the answer does not name can be tried again. */
export function entryResults<Entry, Success extends { readonly Id?: string | undefined }, Value>(
  entries: readonly Entry[],
  answer: BatchAnswer<Success>,
  what: What,
  accept: (success: Success, entry: Entry) => EntryResult<Value>,
): EntryResult<Value>[] {
  // not by defaults: emulators say null
  const successful = answer.Successful ?? []
  const failed = answer.Failed ?? []
  return entries.map((entry, index) => {
    const success = withId(successful, index)
    if (success) return accept(success, entry)
    const failure = withId(failed, index)
    return refusalOf(failure ? toEntryError(failure, what) : noAnswer(what))
  })
}

/** In the order in which they were sent, as a rule: but nobody promises that. */
function withId<Answer extends { readonly Id?: string | undefined }>(answers: readonly Answer[], index: number) {
  const id = String(index)
  const there = answers[index]
  return there?.Id === id ? there : answers.find(({ Id }) => Id === id)
}

function noAnswer(what: What) {
  return errorOf(
    { code: 'no-answer', verdict: 'now', unknown: true },
    'was answered without a word on this entry',
    what,
  )
}
