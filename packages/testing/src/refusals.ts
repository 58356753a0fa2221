import type { CallKind } from './api-call.ts'
import { checkOneOf } from './check-options.ts'
import { AwsError } from './simulator/aws-error.ts'

const REFUSALS = {
  throttled: ['RequestThrottled', 'Request is throttled.'],
  'over-limit': ['OverLimit', 'Too many messages in flight.'],
  unavailable: ['ServiceUnavailable', 'The service is unavailable.'],
  'access-denied': ['AccessDenied', 'Access to the resource is denied.'],
  'kms-throttled': ['KMS.ThrottlingException', 'Rate exceeded.'],
  'kms-denied': ['KMS.AccessDeniedException', 'The ciphertext refers to a key that is not accessible.'],
  'topic-missing': ['NotFound', 'Topic does not exist'],
  'queue-missing': ['AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.'],
  'handle-expired': [
    'InvalidParameterValue',
    'Value … for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
  ],
} as const

/** How a call or an entry can be refused. */
export type Refusal = keyof typeof REFUSALS
/** How a call can fail; `network` is a connection lost before anything was done. */
export type Failure = 'network' | Refusal

const NAMES = Object.keys(REFUSALS)

/** What SNS calls otherwise. */
const OF_SNS: Readonly<Record<string, string>> = {
  RequestThrottled: 'Throttled',
  AccessDenied: 'AuthorizationError',
  'KMS.ThrottlingException': 'KMSThrottling',
  'KMS.AccessDeniedException': 'KMSAccessDenied',
}

export function errorOf(failure: Failure, kind: CallKind): Error {
  if (failure === 'network') return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  const [code, message] = REFUSALS[failure]
  return new AwsError(kind === 'publish' ? (OF_SNS[code] ?? code) : code, message)
}

export function checkFailure(failure: Failure): void {
  checkOneOf('fail', failure, ['network', ...NAMES])
}

/** As the answer to a batch says it of an entry. */
export function failedEntryOf(refusal: Refusal, kind: CallKind) {
  const [code, Message] = REFUSALS[refusal]
  const Code = kind === 'publish' ? (OF_SNS[code] ?? code) : code
  const SenderFault = !['throttled', 'unavailable', 'over-limit', 'kms-throttled'].includes(refusal)
  return { Code, Message, SenderFault }
}

export function checkRefusal(refusal: Refusal): void {
  checkOneOf('failEntries', refusal, NAMES)
}
