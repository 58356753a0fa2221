interface Kind {
  /** The SDK's class, for an error that has one. */
  readonly name?: string
  readonly status?: number
}

const asqs = (code: string) => `AWS.SimpleQueueService.${code}`

// The query protocol's codes that the simulator uses. What is not here has no class in the SDK and is a 400.
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [asqs('NonExistentQueue'), { name: 'QueueDoesNotExist' }],
  [asqs('QueueDeletedRecently'), { name: 'QueueDeletedRecently' }],
  [asqs('EmptyBatchRequest'), { name: 'EmptyBatchRequest' }],
  [asqs('TooManyEntriesInBatchRequest'), { name: 'TooManyEntriesInBatchRequest' }],
  [asqs('InvalidBatchEntryId'), { name: 'InvalidBatchEntryId' }],
  [asqs('BatchEntryIdsNotDistinct'), { name: 'BatchEntryIdsNotDistinct' }],
  [asqs('BatchRequestTooLong'), { name: 'BatchRequestTooLong' }],
  [asqs('PurgeQueueInProgress'), { name: 'PurgeQueueInProgress', status: 403 }],
  ['QueueAlreadyExists', { name: 'QueueNameExists' }],
  ['ReceiptHandleIsInvalid', { name: 'ReceiptHandleIsInvalid', status: 404 }],
  ['ResourceNotFoundException', { name: 'ResourceNotFoundException', status: 404 }],
  ['InvalidMessageContents', { name: 'InvalidMessageContents' }],
  ['InvalidAttributeName', { name: 'InvalidAttributeName' }],
  ['InvalidAttributeValue', { name: 'InvalidAttributeValue' }],
  ['OverLimit', { name: 'OverLimit', status: 403 }],
  ['RequestThrottled', { name: 'RequestThrottled', status: 403 }],
  ['AccessDenied', { status: 403 }],
  ['InternalFailure', { status: 500 }],
  ['ServiceUnavailable', { status: 503 }],
  ['KMS.ThrottlingException', { name: 'KmsThrottled' }],
  ['KMS.AccessDeniedException', { name: 'KmsAccessDenied' }],
  // of SNS
  ['Throttled', { name: 'ThrottledException', status: 429 }],
  ['AuthorizationError', { name: 'AuthorizationErrorException', status: 403 }],
  ['KMSThrottling', { name: 'KMSThrottlingException' }],
  ['KMSAccessDenied', { name: 'KMSAccessDeniedException' }],
  ['InvalidParameter', { name: 'InvalidParameterException' }],
  ['ParameterValueInvalid', { name: 'InvalidParameterValueException' }],
  ['NotFound', { name: 'NotFoundException', status: 404 }],
  ['BatchEntryIdsNotDistinct', { name: 'BatchEntryIdsNotDistinctException' }],
  ['BatchRequestTooLong', { name: 'BatchRequestTooLongException' }],
  ['EmptyBatchRequest', { name: 'EmptyBatchRequestException' }],
  ['InvalidBatchEntryId', { name: 'InvalidBatchEntryIdException' }],
  ['TooManyEntriesInBatchRequest', { name: 'TooManyEntriesInBatchRequestException' }],
])

/** What AWS refuses a call with, as the AWS SDK throws it. */
export class AwsError extends Error {
  /** The query protocol's. */
  readonly Code: string
  readonly $fault: 'client' | 'server'
  readonly $metadata: { readonly httpStatusCode: number }

  constructor(code: string, message: string) {
    super(message)
    const { name = code, status = 400 } = KINDS.get(code) ?? {}
    this.name = name
    this.Code = code
    this.$fault = status < 500 ? 'client' : 'server'
    this.$metadata = { httpStatusCode: status }
  }
}

/** A code of SQS's own, `NonExistentQueue` for instance. */
export const sqsError = (code: string, message: string) => new AwsError(asqs(code), message)
export const invalidValue = (message: string) => new AwsError('InvalidParameterValue', message)
/** SNS's way of saying that. */
export const invalidParameter = (message: string) => new AwsError('InvalidParameter', `Invalid parameter: ${message}`)
export const missing = (parameter: string) =>
  new AwsError('MissingParameter', `The request must contain the parameter ${parameter}.`)
