import type { Verdict } from '@waybill/core'
import { bareCode, DENIED, FAILED, INVALID, type Meaning, meaningOf, THROTTLED, UNANSWERED } from './aws-code.ts'
import { ClosedError } from './closed-error.ts'
import { errorOf, type What, withoutHandles } from './error-text.ts'
import { fieldOf, stringOf } from './fields-of.ts'
import { networkError } from './network-error.ts'
import { RenewalError } from './renewable.ts'
import { SqsError } from './sqs-error.ts'

const NO_CREDENTIALS: Meaning = { code: 'no-credentials', verdict: 'never', unknown: false }
const CLOSED: Meaning = { code: 'closed', verdict: 'never', unknown: false }
const NOT_RENEWED: Meaning = { code: 'no-credentials', verdict: 'later', unknown: false }
const NO_REGION: Meaning = { code: 'no-region', verdict: 'never', unknown: false }
const UNEXPECTED: Meaning = { code: 'unexpected', verdict: 'never', unknown: true }

/** Any error thrown by the AWS SDK, or beneath it, as an {@link SqsError}. */
export function toSqsError(thrown: unknown, what: What): SqsError {
  if (thrown instanceof SqsError) return thrown
  const name = stringOf(thrown, 'name') ?? ''
  const text = withoutHandles(stringOf(thrown, 'message') ?? String(thrown))
  const status = statusOf(thrown)
  const details = { cause: thrown, status }

  // the class, and the code of the query protocol: either may be the one that is known
  for (const code of [name, stringOf(thrown, 'Code') ?? name]) {
    const awsCode = bareCode(code)
    const meaning = meaningOf(awsCode, text, onHandles(what))
    if (meaning) return errorOf(meaning, `was refused: ${awsCode}: ${text}`, what, { ...details, awsCode })
  }
  if (thrown instanceof ClosedError) return errorOf(CLOSED, 'was not made: the connection is closed', what)
  if (thrown instanceof RenewalError)
    return errorOf(NOT_RENEWED, `could not renew its AWS credentials: ${text}`, what, details)
  if (
    /^(CredentialsProvider|TokenProvider|Provider)Error$/.test(name) ||
    text === 'Resolved credential object is not valid'
  ) {
    return errorOf(NO_CREDENTIALS, `found no AWS credentials: ${text}`, what, details)
  }
  if (text === 'Region is missing') return errorOf(NO_REGION, 'has no AWS region', what, details)
  const lost = networkError(thrown, what)
  if (lost) return lost
  // a code of AWS that is not known here
  if (fieldOf(thrown, '$fault') !== undefined && status !== undefined) {
    const awsCode = bareCode(name)
    return errorOf(meaningOfStatus(status), `was refused: ${awsCode}: ${text}`, what, { ...details, awsCode })
  }
  if (status !== undefined) {
    const happened = `was answered by ${what.endpoint ?? 'AWS'} with HTTP ${status} and no error code`
    return errorOf(meaningOfStatus(status), happened, what, details)
  }
  return errorOf(name === 'TimeoutError' ? UNANSWERED : UNEXPECTED, `failed: ${name}: ${text}`, what, details)
}

/** A failed entry in the answer to a batch. */
export interface FailedEntry {
  readonly Code?: string | undefined
  readonly Message?: string | undefined
  readonly SenderFault?: boolean | undefined
}

/** A failed entry as an {@link SqsError}: SenderFault decides where the code says too little. */
export function toEntryError(entry: FailedEntry, what: What): SqsError {
  // not by defaults: emulators say null
  const awsCode = bareCode(entry.Code ?? '')
  const text = withoutHandles(entry.Message ?? '')
  const senderFault = entry.SenderFault ?? undefined
  const meaning = meaningOf(awsCode, text, onHandles(what)) ?? (senderFault === false ? FAILED : INVALID)
  const happened = `was refused for this message: ${[awsCode, text].filter(Boolean).join(': ')}`
  return errorOf({ ...meaning, verdict: entryVerdict(meaning, senderFault) }, happened, what, { awsCode })
}

function entryVerdict(meaning: Meaning, senderFault: boolean | undefined): Verdict {
  const vague = meaning === INVALID || meaning === FAILED
  if (!vague || senderFault === undefined) return meaning.verdict
  return senderFault ? 'never' : 'now'
}

function meaningOfStatus(status: number): Meaning {
  if (status === 429) return THROTTLED
  if (status === 408) return UNANSWERED
  if (status === 401 || status === 403) return DENIED
  return status >= 300 && status < 500 ? INVALID : FAILED
}

function onHandles({ call }: What): boolean {
  return call.startsWith('DeleteMessage') || call.startsWith('ChangeMessageVisibility')
}

function statusOf(thrown: unknown): number | undefined {
  const status = fieldOf(fieldOf(thrown, '$metadata'), 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}
