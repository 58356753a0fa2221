import { type Judged, type Verdict, WaybillError } from '@waybill/core'

/** Why a call to AWS, or one entry of it, was not accepted. */
export type SqsErrorCode =
  | 'throttled' // too many calls
  | 'over-limit' // too many messages in flight
  | 'access-denied'
  | 'no-credentials' // none found
  | 'bad-credentials' // expired, unknown, or a signature that does not match
  | 'no-region'
  | 'kms'
  | 'queue-not-found'
  | 'topic-not-found'
  | 'already-exists' // with other attributes
  | 'deleted-recently' // SQS keeps a deleted queue's name for 60 s
  | 'redrive-refused' // the dead-letter queue is missing or does not let the queue in, or not yet
  | 'too-large'
  | 'invalid-content' // characters that SQS refuses
  | 'invalid-request'
  | 'handle-lost' // the receipt handle no longer stands for this receive
  | 'visibility-limit' // 12 h in all
  | 'checksum' // the body was damaged on its way
  | 'no-answer' // the answer does not name this entry
  | 'service' // AWS failed
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'closed' // the connection is
  | 'unexpected'

export interface SqsErrorDetails extends ErrorOptions, Judged {
  readonly awsCode?: string | undefined
  readonly status?: number | undefined
}

/**
 * A call to SQS, SNS or STS that failed, or a refused entry of a batch. `message` says what happened, to what, and what to
 * do; it never has a body or a receipt handle in it. `cause` is the AWS SDK's error.
 */
export class SqsError extends WaybillError<SqsErrorCode> implements Judged {
  /** Whether trying again can help. */
  readonly verdict: Verdict
  /** True when the call may have had its effect although it failed: the answer was lost. */
  readonly unknown: boolean
  /** AWS's own code, without prefixes: `QueueDoesNotExist`, `AccessDenied`. */
  readonly awsCode: string | undefined
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined

  constructor(code: SqsErrorCode, message: string, details: SqsErrorDetails) {
    super(code, message, details)
    this.verdict = details.verdict
    this.unknown = details.unknown
    this.awsCode = details.awsCode
    this.status = details.status
  }
}
