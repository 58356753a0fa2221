import type { Meaning } from './aws-code.ts'
import { SqsError, type SqsErrorCode, type SqsErrorDetails } from './sqs-error.ts'

/** The call that an error is about. */
export interface What {
  readonly service: 'sqs' | 'sns' | 'sts'
  /** As AWS names it: `SendMessageBatch`. */
  readonly call: string
  /** What it was about, as a sentence begins: `queue 'receipts'`. */
  readonly target: string
  /** Where calls go, when it was configured. */
  readonly endpoint?: string | undefined
}

const CREATE = () => 'Create it with apply(), or say where it is with connect({ locate }).'

const ADVICE: Partial<Record<SqsErrorCode, (what: What) => string>> = {
  'access-denied': ({ service, call }) =>
    `Allow ${service}:${call.replace(/Batch$/, '')} to the credentials of this process.`,
  'no-credentials': () =>
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; or run under an IAM role; or give connect({ aws: { credentials } }).',
  'bad-credentials': () =>
    "Renew the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE), and check this machine's clock.",
  'no-region': () => "Set AWS_REGION, or give connect({ region: 'eu-central-1' }).",
  kms: () => 'Check the KMS key: senders need kms:GenerateDataKey and kms:Decrypt, receivers kms:Decrypt.',
  'queue-not-found': CREATE,
  'topic-not-found': CREATE,
  network: () => 'Check the endpoint (connect({ endpoint }) or AWS_ENDPOINT_URL), the region and the network.',
  closed: () => 'Close producers and consumers first, then the connection.',
  'over-limit': () => 'Too many messages of the queue are in flight: SQS allows about 120,000.',
}

const WITHOUT_STS = 'Producers and consumers do not ask for it with connect({ accountId }).'

/** An error about a call. `happened` completes the sentence that begins with the call's name. */
export function errorOf(
  { code, verdict, unknown }: Meaning,
  happened: string,
  what: What,
  details: Omit<SqsErrorDetails, keyof Meaning> = {},
): SqsError {
  const sentences = [
    `${what.target}: ${what.call} ${happened.replace(/[.\s]+$/, '')}.`,
    ADVICE[code]?.(what),
    what.service === 'sts' && code === 'access-denied' ? WITHOUT_STS : undefined,
  ]
  return new SqsError(code, sentences.filter(Boolean).join(' '), { ...details, verdict, unknown })
}

/** AWS's text without the receipt handles that it quotes. */
export function withoutHandles(text: string): string {
  return text
    .replace(/Value .* for parameter ReceiptHandle/gs, 'The value for parameter ReceiptHandle')
    .replace(/(receipt handle) ".*?"/gis, '$1')
    .replace(/[\w+/=-]{100,}/g, '…')
}
