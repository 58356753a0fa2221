import type { Verdict } from '@waybill/core'
import { type Connection, type EntryResult, type SendEntry, SqsError } from '@waybill/sqs'

type Results = readonly EntryResult[]
/** What a test does in place of a SendMessageBatch; `real` makes the call after all. `call` counts from 0. */
export type Fault = (
  entries: readonly SendEntry[],
  call: number,
  real: () => Promise<Results>,
) => Promise<Results> | Results

/** The connection with another SendMessageBatch. */
export function faulty(aws: Connection, fault: Fault): Connection {
  let calls = 0
  return {
    ...aws,
    sqs: {
      ...aws.sqs,
      send: async (queue, entries, call) => fault(entries, calls++, () => aws.sqs.send(queue, entries, call)),
    },
  }
}

export const accepted = (messageId = 'sqs-id'): EntryResult => ({ ok: true, value: { messageId } })

export const acceptAll: Fault = (entries) => entries.map(() => accepted())

export function refused(verdict: Verdict, unknown = false): EntryResult {
  return { ok: false, error: sqsError(verdict, unknown), verdict, unknown }
}

export function sqsError(verdict: Verdict, unknown = false): SqsError {
  return new SqsError('service', `AWS says ${verdict}.`, { verdict, unknown })
}
