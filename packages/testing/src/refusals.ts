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

export function errorOf(failure: Failure): Error {
  checkOneOf('fail', failure, ['network', ...NAMES])
  if (failure === 'network') return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  const [code, message] = REFUSALS[failure]
  return new AwsError(code, message)
}

/** As the answer to a batch says it of an entry. */
export function failedEntryOf(refusal: Refusal) {
  checkOneOf('failEntries', refusal, NAMES)
  const [Code, Message] = REFUSALS[refusal]
  const SenderFault = !['throttled', 'unavailable', 'over-limit', 'kms-throttled'].includes(refusal)
  return { Code, Message, SenderFault }
}
