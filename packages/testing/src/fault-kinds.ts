import { checkKeys, type Clock, type Duration, milliseconds, sleep } from '@waybill/core'
import { type ApiCall, entriesKey } from './api-call.ts'
import { checkFunction } from './check-options.ts'
import type { Fault } from './faults.ts'
import { checkFailure, checkRefusal, errorOf, failedEntryOf, type Failure, type Refusal } from './refusals.ts'
import { isRecord } from './simulator/json.ts'

/** The call has no effect and fails so. Any other error can be given as it is. */
export function fail(failure: Failure | Error): Fault {
  // whatever realm it is from: a test runner may have several
  if (typeof failure === 'object' && failure !== null) return () => Promise.reject(failure)
  checkFailure(failure)
  return ({ kind }) => Promise.reject(errorOf(failure, kind))
}

/** Which entries of a batch a fault is about. */
export type Which = (entry: Readonly<Record<string, unknown>>, index: number) => boolean

const all: Which = () => true

/**
 * The call is answered; these entries of it (default: all) have no effect and are refused so. What is no batch is one
 * entry: it fails as a call.
 */
export function failEntries(refusal: Refusal, which: Which = all): Fault {
  checkRefusal(refusal)
  checkWhich('failEntries', which)
  return async (call, make) => {
    if (call.entries.length === 0) {
      if (which(call.input, 0)) throw errorOf(refusal, call.kind)
      return make()
    }
    const refused = call.entries.map((entry, index) => which(entry, index))
    const rest = call.entries.filter((_entry, index) => !refused[index])
    const answer = rest.length > 0 ? await make({ ...call.input, [entriesKey(call.input)]: rest }) : {}
    const failure = failedEntryOf(refusal, call.kind)
    const failed = call.entries.filter((_entry, index) => refused[index]).map(({ Id }) => ({ Id, ...failure }))
    return { ...asRecord(answer), Failed: [...listIn(answer, 'Failed'), ...failed] }
  }
}

/**
 * The call has its effect, and its answer leaves these entries out (default: all). What is no batch is answered in full.
 */
export function omitEntries(which: Which = all): Fault {
  checkWhich('omitEntries', which)
  return async (call, make) => {
    const answer = await make()
    if (call.entries.length === 0) return answer
    const omitted = new Set(call.entries.filter((entry, index) => which(entry, index)).map(({ Id }) => Id))
    const left = (key: string) => listIn(answer, key).filter((entry) => !isRecord(entry) || !omitted.has(entry['Id']))
    return { ...asRecord(answer), Successful: left('Successful'), Failed: left('Failed') }
  }
}

/** The call has its effect; its answer never comes, which shows as a lost connection after that time (default: at once). */
export function dropAnswer(options: { readonly after?: Duration | undefined } = {}): Fault {
  checkKeys(options, ['after'], 'dropAnswer')
  const ms = milliseconds(options.after ?? '0ms', 'after', 'ms')
  return async (call, make, { clock }) => {
    // a refusal is an answer too
    await make().catch(() => {})
    await pass(ms, call, clock)
    throw errorOf('network', call.kind)
  }
}

/** The call has its effect at once; its answer, a refusal too, comes after that time. */
export function delayAnswer(time: Duration): Fault {
  const ms = milliseconds(time, 'delayAnswer', 'ms')
  return async (call, make, { clock }) => {
    try {
      return await make()
    } finally {
      await pass(ms, call, clock)
    }
  }
}

/** The call reaches SQS or SNS after that time only. */
export function delayCall(time: Duration): Fault {
  const ms = milliseconds(time, 'delayCall', 'ms')
  return async (call, make, { clock }) => {
    await pass(ms, call, clock)
    return make()
  }
}

/** The call is never answered, and has no effect: it ends when it is cut. */
export function hang(): Fault {
  return ({ signal }) =>
    new Promise((_resolve, reject) => {
      const cut = () => reject(signal?.reason)
      if (signal?.aborted) cut()
      else signal?.addEventListener('abort', cut, { once: true })
    })
}

/** The receipt handles that the call names expire just before: their messages are visible again. */
export function expireHandles(): Fault {
  return (call, make, { expire }) => {
    expire(handlesIn(call.entries.length > 0 ? call.entries : [call.input]))
    return make()
  }
}

/** What a receive brings stays visible as well, so that another receive brings it again. */
export function deliverTwice(): Fault {
  return async (_call, make, { expire }) => {
    const answer = await make()
    expire(handlesIn(listIn(answer, 'Messages')))
    return answer
  }
}

async function pass(ms: number, { signal }: ApiCall, clock: Clock): Promise<void> {
  if (ms > 0) await sleep(clock, ms, signal)
  signal?.throwIfAborted()
}

function checkWhich(of: string, which: unknown): void {
  checkFunction(of, which, '(entry, index) => index === 0 or so')
}

const asRecord = (value: unknown) => (isRecord(value) ? value : {})

function listIn(answer: unknown, key: string): readonly unknown[] {
  const list = asRecord(answer)[key]
  return Array.isArray(list) ? list : []
}

function handlesIn(list: readonly unknown[]): readonly string[] {
  return list.map((each) => asRecord(each)['ReceiptHandle']).filter((handle) => typeof handle === 'string')
}
