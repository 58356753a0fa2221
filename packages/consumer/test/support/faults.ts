import { type Clock, sleep, type Verdict } from '@waybill/core'
import { type EntryResult, type QueueRef, SqsError, type SqsErrorCode, type SqsTransport } from '@waybill/sqs'

/** Stands in for a call; `make` makes it after all. */
type Fault<Args extends readonly unknown[], Answer> = (
  make: (...args: Args) => Promise<Answer>,
  ...args: Args
) => Promise<Answer>

/** By call; what has none is healthy. */
export type Faults = {
  [Call in keyof SqsTransport]?:
    | Fault<Parameters<SqsTransport[Call]>, Awaited<ReturnType<SqsTransport[Call]>>>
    | undefined
}

/** The transport with whatever faults there are at the time of the call. */
export function withFaults(real: SqsTransport, faults: Faults): SqsTransport {
  return {
    send: (...args) => (faults.send ?? healthy)(real.send, ...args),
    receive: (...args) => (faults.receive ?? healthy)(real.receive, ...args),
    delete: (...args) => (faults.delete ?? healthy)(real.delete, ...args),
    changeVisibility: (...args) => (faults.changeVisibility ?? healthy)(real.changeVisibility, ...args),
  }
}

const healthy = <Args extends readonly unknown[], Answer>(make: (...args: Args) => Promise<Answer>, ...args: Args) =>
  make(...args)

export const sqsError = (code: SqsErrorCode, verdict: Verdict, unknown = false) =>
  new SqsError(code, `SQS says ${code}.`, { verdict, unknown })

/** The call has no effect, and says so. */
export const failing = (code: SqsErrorCode, verdict: Verdict) => (): Promise<never> =>
  Promise.reject(sqsError(code, verdict))

/** The call is answered, and every entry of it is refused. */
export const refusing =
  (code: SqsErrorCode, verdict: Verdict) =>
  (_make: unknown, _queue: QueueRef, entries: readonly unknown[]): Promise<readonly EntryResult<never>[]> =>
    Promise.resolve(entries.map(() => ({ ok: false, error: sqsError(code, verdict), verdict, unknown: false })))

/** The call has its effect; its answer never comes, which is told after `ms`. */
export const answerLost =
  (clock: Clock, ms: number) =>
  async <Args extends readonly unknown[]>(make: (...args: Args) => Promise<unknown>, ...args: Args): Promise<never> => {
    await make(...args)
    await sleep(clock, ms)
    throw sqsError('timeout', 'now', true)
  }

/** The call has its effect at once and is answered after `ms`. */
export const slow =
  (clock: Clock, ms: number) =>
  async <Args extends readonly unknown[], Answer>(make: (...args: Args) => Promise<Answer>, ...args: Args) => {
    const answer = await make(...args)
    await sleep(clock, ms)
    return answer
  }
