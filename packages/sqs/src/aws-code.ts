import type { Verdict } from '@waybill/core'
import type { SqsErrorCode } from './sqs-error.ts'

/** What an error of AWS means to Waybill. */
export interface Meaning {
  readonly code: SqsErrorCode
  readonly verdict: Verdict
  /** True when the call may have had its effect. */
  readonly unknown: boolean
}

const refused = (code: SqsErrorCode, verdict: Verdict): Meaning => ({ code, verdict, unknown: false })

export const THROTTLED = refused('throttled', 'later')
const LOST = refused('handle-lost', 'lost')
export const INVALID = refused('invalid-request', 'never')
export const DENIED = refused('access-denied', 'never')
export const FAILED: Meaning = { code: 'service', verdict: 'now', unknown: true }
export const UNANSWERED: Meaning = { code: 'timeout', verdict: 'now', unknown: true }
const CREDENTIALS = refused('bad-credentials', 'never')
// the next one is signed by AWS's clock, and maybe with credentials that were renewed meanwhile
const RENEWED = refused('bad-credentials', 'later')
const TOO_LARGE = refused('too-large', 'never')
const EXISTS = refused('already-exists', 'never')
// a dead-letter queue, and whom it lets in, take SQS a while
const REDRIVE = refused('redrive-refused', 'later')

// As AWS and emulators spell them, after `bareCode`: the query protocol's code and the SDK's class differ for some.
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ...each('RequestThrottled RequestThrottling Throttling Throttled EC2Throttled TooManyRequests SlowDown', THROTTLED),
  ...each('LimitExceeded RequestLimitExceeded BandwidthLimitExceeded ProvisionedThroughputExceeded', THROTTLED),
  ...each('PriorRequestNotComplete TransactionInProgress', THROTTLED),
  // of SNS: another change of the same topic is under way, or its namesake was deleted just now
  ...each('ConcurrentAccess StaleTag', THROTTLED),
  ...each('OverLimit', refused('over-limit', 'later')),
  ...each('ReceiptHandleIsInvalid MessageNotInflight InvalidIdFormat', LOST),
  ...each('QueueDoesNotExist NonExistentQueue', refused('queue-not-found', 'never')),
  ...each('NotFound', refused('topic-not-found', 'never')),
  ...each('QueueNameExists QueueAlreadyExists', EXISTS),
  ...each('QueueDeletedRecently', refused('deleted-recently', 'later')),
  ...each('AccessDenied AuthorizationError NotAuthorized UnauthorizedOperation', DENIED),
  ...each('InvalidClientTokenId InvalidAccessKeyId UnrecognizedClient MissingAuthenticationToken', CREDENTIALS),
  ...each('SignatureDoesNotMatch InvalidSignature IncompleteSignature AuthFailure', CREDENTIALS),
  ...each('ExpiredToken RequestExpired RequestInTheFuture RequestTimeTooSkewed', RENEWED),
  ...each('InvalidMessageContents', refused('invalid-content', 'never')),
  ...each('BatchRequestTooLong', TOO_LARGE),
  ...each('InvalidParameterValue InvalidParameter ParameterValueInvalid MissingParameter', INVALID),
  ...each('MissingRequiredParameter InvalidAttributeName InvalidAttributeValue Validation ValidationError', INVALID),
  ...each('UnsupportedOperation InvalidAddress InvalidSecurity ResourceNotFound TagPolicy', INVALID),
  ...each('TopicLimitExceeded SubscriptionLimitExceeded FilterPolicyLimitExceeded TagLimitExceeded', INVALID),
  ...each('BatchEntryIdsNotDistinct EmptyBatchRequest InvalidBatchEntryId TooManyEntriesInBatchRequest', INVALID),
  ...each('InternalFailure InternalError InternalServerError InternalServer ServiceUnavailable', FAILED),
  ...each('RequestTimeout', UNANSWERED),
])

function each(codes: string, meaning: Meaning): [string, Meaning][] {
  return codes.split(' ').map((code) => [code, meaning])
}

/** AWS's code without what differs between protocols, services and emulators around it. */
export function bareCode(code: string): string {
  return code
    .replace(/^.*#/, '')
    .replace(/^AWS\.SimpleQueueService\./, '')
    .replace(/Exception$/, '')
}

/**
 * The meaning of a bare code, or undefined when it is not one of AWS's. Calls on receipt handles get
 * InvalidParameterValue for both a value of ours and a handle that is no longer good: only the text tells them apart.
 */
export function meaningOf(code: string, text: string, onHandles: boolean): Meaning | undefined {
  if (/^KMS/i.test(code)) return /throttl/i.test(code) ? refused('kms', 'later') : refused('kms', 'never')
  if (code === 'InvalidParameterValue' && onHandles) {
    return text.includes('beyond the limit') ? refused('visibility-limit', 'never') : LOST
  }
  const meaning = MEANINGS.get(code)
  if (meaning === INVALID && /already exists with different/i.test(text)) return EXISTS
  if (meaning === INVALID && /RedrivePolicy is invalid.*(exist|allow)/is.test(text)) return REDRIVE
  if (meaning === INVALID && /must be shorter than|message too long/i.test(text)) return TOO_LARGE
  if (/^(SignatureDoesNotMatch|InvalidSignature)$/.test(code) && /signature (expired|not yet current)/i.test(text))
    return RENEWED
  return meaning
}
