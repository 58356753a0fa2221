import { type Duration, milliseconds, sleep } from '@waybill/core'
import { type ApiCall, entriesKey } from './api-call.ts'
import type { Fault, FaultTools } from './faults.ts'
import { isRecord } from './simulator/json.ts'
import { AwsError } from './simulator/aws-error.ts'

const REFUSALS = {
  throttled: ['RequestThrottled', 'Request is throttled.'],
  'over-limit': ['OverLimit', 'Too many messages in flight.'],
  unavailable: ['ServiceUnavailable', 'The service is unavailable.'],
  'access-denied': ['AccessDenied', 'Access to the resource is denied.'],
  'kms-throttled': ['KMS.ThrottlingException', 'Rate exceeded.'],
  'kms-denied': ['KMS.AccessDeniedException', 'The ciphertext refers to a key that is not accessible.'],
  'queue-missing': ['AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.'],
  'handle-expired': [
    'InvalidParameterValue',
    'Value … for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
  ],
} as const

/** How a call or an entry is refused; `network` is a connection lost before anything was done. */
export type Failure = 'network' | keyof typeof REFUSALS

/** The call has no effect and fails so. Any other error can be given as it is. */
export function fail(failure: Failure | Error): Fault {
  return () => Promise.reject(failure instanceof Error ? failure : errorOf(failure))
}

/** Which entries of a batch a fault is about. */
export type Which = (entry: Readonly<Record<string, unknown>>, index: number) => boolean

const all: Which = () => true

/** The call is answered; these entries of it (default: all) have no effect and are refused so. */
export function failEntries(failure: Exclude<Failure, 'network'>, which: Which = all): Fault {
  return async (call, make) => {
    const [Code, Message] = REFUSALS[failure]
    const refused = call.entries.filter(which)
    const rest = call.entries.filter((entry) => !refused.includes(entry))
    const answer = rest.length > 0 ? await make({ ...call.input, [entriesKey(call.input)]: rest }) : {}
    const SenderFault = !['throttled', 'unavailable', 'over-limit', 'kms-throttled'].includes(failure)
    const failed = refused.map(({ Id }) => ({ Id, Code, Message, SenderFault }))
    return { ...asRecord(answer), Failed: [...listIn(answer, 'Failed'), ...failed] }
  }
}

/** The call has its effect, and its answer leaves these entries out (default: all). */
export function omitEntries(which: Which = all): Fault {
  return async (call, make) => {
    const omitted = new Set(call.entries.filter(which).map(({ Id }) => Id))
    const answer = await make()
    const left = (key: string) => listIn(answer, key).filter((entry) => !isRecord(entry) || !omitted.has(entry['Id']))
    return { ...asRecord(answer), Successful: left('Successful'), Failed: left('Failed') }
  }
}

/** The call has its effect; its answer never comes, which shows as a lost connection after that time (default: at once). */
export function dropAnswer({ after = '0ms' }: { readonly after?: Duration | undefined } = {}): Fault {
  return async (call, make, { clock }) => {
    await make()
    await pass(after, call, clock)
    throw errorOf('network')
  }
}

/** The call has its effect at once; its answer comes after that time. */
export function delayAnswer(time: Duration): Fault {
  return async (call, make, { clock }) => {
    const answer = await make()
    await pass(time, call, clock)
    return answer
  }
}

/** The call reaches SQS or SNS after that time only. */
export function delayCall(time: Duration): Fault {
  return async (call, make, { clock }) => {
    await pass(time, call, clock)
    return make()
  }
}

/** The call is never answered, and has no effect: it ends when it is cut. */
export function hang(): Fault {
  return ({ signal }) =>
    new Promise((_resolve, reject) => {
      const cut = () => reject(signal?.reason)
      if (signal?.aborted) cut()
      signal?.addEventListener('abort', cut, { once: true })
    })
}

/** The receipt handles that the call names expire just before: their messages are visible again. */
export function expireHandles(): Fault {
  return (call, make, { expire }) => {
    const named = call.entries.length > 0 ? call.entries : [call.input]
    expire(named.map(({ ReceiptHandle }) => String(ReceiptHandle)))
    return make()
  }
}

/** What a receive brings stays visible as well, so that another receive brings it again. */
export function deliverTwice(): Fault {
  return async (_call, make, { expire }) => {
    const answer = await make()
    expire(listIn(answer, 'Messages').map((message) => String(asRecord(message)['ReceiptHandle'])))
    return answer
  }
}

function errorOf(failure: Failure): Error {
  if (failure === 'network') return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  const [code, message] = REFUSALS[failure]
  return new AwsError(code, message)
}

async function pass(time: Duration, { signal }: ApiCall, clock: FaultTools['clock']): Promise<void> {
  await sleep(clock, milliseconds(time, 'time', 'ms'), signal)
  signal?.throwIfAborted()
}

const asRecord = (value: unknown) => (isRecord(value) ? value : {})

function listIn(answer: unknown, key: string): readonly unknown[] {
  const list = asRecord(answer)[key]
  return Array.isArray(list) ? list : []
}
