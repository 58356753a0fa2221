import { describe, expect, test } from 'vitest'
import { SqsError, type SqsErrorCode, toEntryError, toSqsError, type What } from '../src/index.ts'

const SEND: What = { service: 'sqs', call: 'SendMessageBatch', target: "queue 'receipts'" }
const DELETE: What = { ...SEND, call: 'DeleteMessageBatch' }
const EXTEND: What = { ...SEND, call: 'ChangeMessageVisibilityBatch' }
const PUBLISH: What = { service: 'sns', call: 'PublishBatch', target: "topic 'orders'" }

function thrown(name: string, message = 'No.', more: object = {}) {
  return Object.assign(new Error(message), { name, ...more })
}

type Row = readonly [code: SqsErrorCode, verdict: SqsError['verdict'], unknown: boolean, names: readonly string[]]

describe('an error of AWS means the same in each of its spellings', () => {
  const rows: readonly Row[] = [
    [
      'queue-not-found',
      'never',
      false,
      ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'com.amazonaws.sqs#QueueDoesNotExist'],
    ],
    ['topic-not-found', 'never', false, ['NotFoundException', 'NotFound']],
    [
      'already-exists',
      'never',
      false,
      ['QueueNameExists', 'QueueAlreadyExists', 'AWS.SimpleQueueService.QueueNameExists'],
    ],
    ['deleted-recently', 'later', false, ['QueueDeletedRecently', 'AWS.SimpleQueueService.QueueDeletedRecently']],
    [
      'handle-lost',
      'lost',
      false,
      ['ReceiptHandleIsInvalid', 'MessageNotInflight', 'AWS.SimpleQueueService.MessageNotInflight', 'InvalidIdFormat'],
    ],
    ['over-limit', 'later', false, ['OverLimit', 'AWS.SimpleQueueService.OverLimit']],
    [
      'throttled',
      'later',
      false,
      [
        'RequestThrottled',
        'ThrottlingException',
        'Throttling',
        'ThrottledException',
        'Throttled',
        'TooManyRequestsException',
        'SlowDown',
        'LimitExceededException',
        'PriorRequestNotComplete',
        'TransactionInProgressException',
        'ConcurrentAccessException',
        'ConcurrentAccess',
        'StaleTagException',
      ],
    ],
    ['kms', 'later', false, ['KmsThrottled', 'KMS.ThrottlingException', 'KMSThrottlingException', 'KMSThrottling']],
    [
      'kms',
      'never',
      false,
      [
        'KmsAccessDenied',
        'KMS.AccessDeniedException',
        'KmsDisabled',
        'KmsInvalidState',
        'KmsInvalidKeyUsage',
        'KmsNotFound',
        'KMS.NotFoundException',
        'KmsOptInRequired',
        'KMSDisabledException',
      ],
    ],
    [
      'access-denied',
      'never',
      false,
      ['AccessDenied', 'AccessDeniedException', 'AuthorizationErrorException', 'AuthorizationError'],
    ],
    [
      'bad-credentials',
      'never',
      false,
      [
        'InvalidClientTokenId',
        'UnrecognizedClientException',
        'SignatureDoesNotMatch',
        'InvalidSignatureException',
        'MissingAuthenticationToken',
      ],
    ],
    [
      'bad-credentials',
      'later',
      false,
      ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'RequestTimeTooSkewed'],
    ],
    [
      'too-large',
      'never',
      false,
      ['BatchRequestTooLong', 'AWS.SimpleQueueService.BatchRequestTooLong', 'BatchRequestTooLongException'],
    ],
    ['invalid-content', 'never', false, ['InvalidMessageContents', 'AWS.SimpleQueueService.InvalidMessageContents']],
    [
      'invalid-request',
      'never',
      false,
      [
        'InvalidParameterValue',
        'InvalidParameterValueException',
        'AWS.SimpleQueueService.InvalidParameterValue',
        'InvalidParameterException',
        'ParameterValueInvalid',
        'MissingParameter',
        'MissingRequiredParameterException',
        'InvalidAttributeName',
        'InvalidAttributeValue',
        'AWS.SimpleQueueService.UnsupportedOperation',
        'InvalidAddress',
        'InvalidSecurity',
        'ResourceNotFoundException',
        'BatchEntryIdsNotDistinct',
        'EmptyBatchRequest',
        'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
        'InvalidBatchEntryId',
      ],
    ],
    ['service', 'now', true, ['InternalFailure', 'InternalErrorException', 'InternalError', 'ServiceUnavailable']],
    ['timeout', 'now', true, ['RequestTimeout', 'RequestTimeoutException']],
  ]
  test.each(rows.flatMap(([code, verdict, unknown, names]) => names.map((name) => ({ name, code, verdict, unknown }))))(
    '$name is $code, $verdict',
    ({ name, ...meaning }) => {
      const status = { $metadata: { httpStatusCode: 400 } }
      expect(toSqsError(thrown(name, 'No.', status), SEND)).toMatchObject(meaning)
      // the query protocol's code beside a class that says nothing
      expect(toSqsError(thrown('SQSServiceException', 'No.', { Code: name, ...status }), SEND)).toMatchObject(meaning)
    },
  )

  test('a code that is new here is told, and judged by its status', () => {
    const fault = (httpStatusCode: number) =>
      thrown('BrandNew', 'No.', { $fault: 'client', $metadata: { httpStatusCode } })
    expect(toSqsError(fault(400), SEND)).toMatchObject({
      code: 'invalid-request',
      awsCode: 'BrandNew',
      verdict: 'never',
    })
    expect(toSqsError(fault(500), SEND)).toMatchObject({ code: 'service', awsCode: 'BrandNew', verdict: 'now' })
    expect(toSqsError(fault(400), SEND).message).toBe("queue 'receipts': SendMessageBatch was refused: BrandNew: No.")
  })

  test.each(['TopicLimitExceededException', 'SubscriptionLimitExceeded', 'FilterPolicyLimitExceededException'])(
    '%s is no missing permission, although its status is 403',
    (name) => {
      const limit = thrown(name, 'No.', { $fault: 'client', $metadata: { httpStatusCode: 403 } })
      expect(toSqsError(limit, PUBLISH)).toMatchObject({ code: 'invalid-request', verdict: 'never' })
    },
  )

  test('too much text for a message is too large, whichever service says so', () => {
    const sqs = 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.'
    expect(toSqsError(thrown('InvalidParameterValue', sqs), SEND).code).toBe('too-large')
    expect(toSqsError(thrown('InvalidParameterException', 'Invalid parameter: Message too long'), PUBLISH).code).toBe(
      'too-large',
    )
  })

  test.each([
    ['Dead letter target does not exist.', 'redrive-refused', 'later'],
    ['The RedriveAllowPolicy of the dead-letter queue does not allow this source queue.', 'redrive-refused', 'later'],
    ['Dead-letter queue must be same type of queue as the source.', 'invalid-request', 'never'],
  ])('a redrive policy that is refused for the reason %s is %s', (reason, code, verdict) => {
    const value = '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:1:allowed-to-exist","maxReceiveCount":3}'
    const message = `Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`
    const what: What = { service: 'sqs', call: 'CreateQueue', target: "queue 'receipts'" }
    expect(toSqsError(thrown('InvalidParameterValue', message), what)).toMatchObject({ code, verdict })
  })

  test('a signature that expired is the clock, which the SDK then corrects', () => {
    const skewed = thrown(
      'SignatureDoesNotMatch',
      'Signature expired: 20261123T000000Z is now earlier than 20261123T000500Z',
    )
    expect(toSqsError(skewed, SEND)).toMatchObject({ code: 'bad-credentials', verdict: 'later' })
  })
})

describe('InvalidParameterValue on a receipt handle', () => {
  const beyond =
    'Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]'
  const gone =
    'Value AQEB/secret+handle== for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.'
  const expired =
    'Value AQEB/secret+handle== for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.'

  test.each([true, false, undefined])('is lost, or ours to correct, whatever SenderFault (%s) says', (SenderFault) => {
    const entry = (Message: string) => ({ Code: 'InvalidParameterValue', Message, SenderFault })
    expect(toEntryError(entry(beyond), EXTEND)).toMatchObject({ code: 'visibility-limit', verdict: 'never' })
    expect(toEntryError(entry(gone), EXTEND)).toMatchObject({ code: 'handle-lost', verdict: 'lost' })
    expect(toEntryError(entry(expired), DELETE)).toMatchObject({ code: 'handle-lost', verdict: 'lost' })
  })

  test('leaves the handle out of the message', () => {
    for (const text of [
      gone,
      expired,
      'The input receipt handle "AQEB/secret+handle==" is not a valid receipt handle.',
    ]) {
      expect(toEntryError({ Code: 'ReceiptHandleIsInvalid', Message: text }, DELETE).message).not.toContain('AQEB')
      expect(toSqsError(thrown('ReceiptHandleIsInvalid', text), DELETE).message).not.toContain('AQEB')
    }
    expect(toEntryError({ Code: 'ReceiptHandleIsInvalid', Message: gone }, DELETE).message).toBe(
      "queue 'receipts': DeleteMessageBatch was refused for this message: ReceiptHandleIsInvalid: The value for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.",
    )
    const long = `handle ${'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a'.repeat(5)} is odd`
    expect(toSqsError(thrown('ReceiptHandleIsInvalid', long), DELETE).message).toContain('handle … is odd')
  })
})

describe('a failed entry', () => {
  test.each([
    ['InternalError', false, 'now', true],
    ['InvalidMessageContents', true, 'never', false],
    ['SomethingNew', false, 'now', true],
    ['SomethingNew', true, 'never', false],
    ['InvalidParameterValue', false, 'now', false],
    ['ThrottlingException', true, 'later', false],
    ['KMS.ThrottlingException', true, 'later', false],
    ['ReceiptHandleIsInvalid', true, 'lost', false],
  ])('%s with SenderFault %s: %s', (Code, SenderFault, verdict, unknown) => {
    expect(toEntryError({ Code, SenderFault, Message: 'No.' }, SEND)).toMatchObject({ verdict, unknown })
  })

  test('says which call, which queue and what AWS said', () => {
    const error = toEntryError(
      { Code: 'InvalidMessageContents', SenderFault: true, Message: "Invalid character '#x1'." },
      SEND,
    )
    expect(error.message).toBe(
      "queue 'receipts': SendMessageBatch was refused for this message: InvalidMessageContents: Invalid character '#x1'.",
    )
  })
})

describe('without a code of AWS', () => {
  test.each([
    ['SyntaxError', 503, 'service', 'now', true],
    ['SyntaxError', 500, 'service', 'now', true],
    ['SyntaxError', 200, 'service', 'now', true],
    ['Error', 429, 'throttled', 'later', false],
    ['Error', 408, 'timeout', 'now', true],
    ['SyntaxError', 403, 'access-denied', 'never', false],
    ['SyntaxError', 404, 'invalid-request', 'never', false],
  ])('%s with status %i is %s, %s', (name, status, code, verdict, unknown) => {
    const error = toSqsError(thrown(name, 'Unexpected token <', { $metadata: { httpStatusCode: status } }), SEND)
    expect(error).toMatchObject({ code, verdict, unknown, status })
  })

  test.each([
    [undefined, "queue 'receipts': SendMessageBatch was answered by AWS with HTTP 404 and no error code."],
    [
      'http://localhost:4566',
      "queue 'receipts': SendMessageBatch was answered by http://localhost:4566 with HTTP 404 and no error code.",
    ],
  ])('the endpoint %s is named', (endpoint, message) => {
    const answer = thrown('SyntaxError', 'Unexpected token <', { $metadata: { httpStatusCode: 404 } })
    expect(toSqsError(answer, { ...SEND, endpoint }).message).toBe(message)
  })

  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EMFILE',
    'ENFILE',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_HAS_EXPIRED',
    'EPROTO',
  ])('%s: nothing was sent', (code) => {
    expect(toSqsError(thrown('Error', 'x', { code }), SEND)).toMatchObject({
      code: 'network',
      verdict: 'later',
      unknown: false,
    })
  })

  test.each([
    ['connect', 'ETIMEDOUT'],
    ['connect', 'ECONNRESET'],
    ['connect', 'EHOSTUNREACH'],
    ['connect', 'ENETUNREACH'],
    ['connect', 'EADDRNOTAVAIL'],
    ['connect', 'ENETDOWN'],
    ['connect', 'EHOSTDOWN'],
    ['connect', 'EPERM'],
    ['connect', 'EACCES'],
    ['getaddrinfo', 'ENOMEM'],
  ])('%s %s: nothing was sent, from any of several addresses either', (syscall, code) => {
    const one = thrown('Error', `${syscall} ${code}`, { code, syscall })
    const meaning = { code: 'network', verdict: 'later', unknown: false }
    expect(toSqsError(one, SEND)).toMatchObject(meaning)
    expect(toSqsError(Object.assign(new AggregateError([one, one]), { code }), SEND)).toMatchObject(meaning)
  })

  test.each([
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETDOWN',
    'HPE_INVALID_CONSTANT',
    'ERR_STREAM_PREMATURE_CLOSE',
  ])('%s on a connection that was made: nobody knows', (code) => {
    const meaning = {
      code: 'network',
      verdict: 'now',
      unknown: true,
      message: `queue 'receipts': SendMessageBatch lost its connection to AWS (${code}). Check the endpoint (connect({ endpoint }) or AWS_ENDPOINT_URL), the region and the network.`,
    }
    expect(toSqsError(thrown('TimeoutError', 'x', { code }), SEND)).toMatchObject(meaning)
    expect(toSqsError(thrown('Error', 'x', { code, syscall: 'read' }), SEND)).toMatchObject(meaning)
  })

  test('the peer is named, from each of several addresses too', () => {
    const one = thrown('Error', 'x', { code: 'ECONNREFUSED', address: '::1', port: 4566 })
    const all = Object.assign(new AggregateError([one]), { code: 'ECONNREFUSED' })
    expect(toSqsError(all, SEND).message).toContain('could not connect to ::1:4566 (ECONNREFUSED)')
    expect(toSqsError(all, { ...SEND, endpoint: 'http://localhost:4566' }).message).toContain(
      'http://localhost:4566 (ECONNREFUSED)',
    )
    expect(toSqsError(thrown('Error', 'x', { code: 'ENOTFOUND', hostname: 'sqs.example' }), SEND).message).toContain(
      'sqs.example',
    )
  })
})

test.each([undefined, null, 'text', 7, new Error('odd'), { name: 5, $metadata: null }, new TypeError('bug')])(
  'whatever is thrown (%s) becomes an SqsError that keeps it as its cause',
  (odd) => {
    const error = toSqsError(odd, SEND)
    expect(error).toBeInstanceOf(SqsError)
    expect(error).toMatchObject({ code: 'unexpected', verdict: 'never', unknown: true, cause: odd })
  },
)

test('an unexpected error is told as it is', () => {
  expect(toSqsError(new TypeError('bug'), SEND).message).toBe(
    "queue 'receipts': SendMessageBatch failed: TypeError: bug.",
  )
})

test('an SqsError stays as it is', () => {
  const error = toSqsError(thrown('OverLimit'), SEND)
  expect(toSqsError(error, DELETE)).toBe(error)
})

describe('says what happened, to what, and what to do', () => {
  const ACCOUNT: What = { service: 'sts', call: 'GetCallerIdentity', target: 'the account of these credentials' }

  test.each([
    [
      SEND,
      'AccessDenied',
      "queue 'receipts': SendMessageBatch was refused: AccessDenied: No. Allow sqs:SendMessage to the credentials of this process.",
    ],
    [
      DELETE,
      'AccessDenied',
      "queue 'receipts': DeleteMessageBatch was refused: AccessDenied: No. Allow sqs:DeleteMessage to the credentials of this process.",
    ],
    [
      EXTEND,
      'AccessDenied',
      "queue 'receipts': ChangeMessageVisibilityBatch was refused: AccessDenied: No. Allow sqs:ChangeMessageVisibility to the credentials of this process.",
    ],
    [
      PUBLISH,
      'AuthorizationErrorException',
      "topic 'orders': PublishBatch was refused: AuthorizationError: No. Allow sns:Publish to the credentials of this process.",
    ],
    [
      ACCOUNT,
      'AccessDenied',
      'the account of these credentials: GetCallerIdentity was refused: AccessDenied: No. Allow sts:GetCallerIdentity to the credentials of this process. Producers and consumers do not ask for it with connect({ accountId }).',
    ],
    [
      SEND,
      'QueueDoesNotExist',
      "queue 'receipts': SendMessageBatch was refused: QueueDoesNotExist: No. Create it with apply(), or say where it is with connect({ locate }).",
    ],
    [
      PUBLISH,
      'NotFoundException',
      "topic 'orders': PublishBatch was refused: NotFound: No. Create it with apply(), or say where it is with connect({ locate }).",
    ],
    [
      SEND,
      'KmsDisabled',
      "queue 'receipts': SendMessageBatch was refused: KmsDisabled: No. Check the KMS key: senders need kms:GenerateDataKey and kms:Decrypt, receivers kms:Decrypt.",
    ],
    [
      SEND,
      'ExpiredToken',
      "queue 'receipts': SendMessageBatch was refused: ExpiredToken: No. Renew the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE), and check this machine's clock.",
    ],
    [
      SEND,
      'CredentialsProviderError',
      "queue 'receipts': SendMessageBatch found no AWS credentials: No. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; or run under an IAM role; or give connect({ aws: { credentials } }).",
    ],
    [
      SEND,
      'OverLimit',
      "queue 'receipts': SendMessageBatch was refused: OverLimit: No. Too many messages of the queue are in flight: SQS allows about 120,000.",
    ],
  ])('%o %s', (what, name, message) => {
    expect(toSqsError(thrown(name), what).message).toBe(message)
  })

  test('of the network', () => {
    expect(toSqsError(thrown('Error', 'x', { code: 'ENOTFOUND', hostname: 'sqs.example' }), SEND).message).toBe(
      "queue 'receipts': SendMessageBatch could not connect to sqs.example (ENOTFOUND). Check the endpoint (connect({ endpoint }) or AWS_ENDPOINT_URL), the region and the network.",
    )
  })
})
