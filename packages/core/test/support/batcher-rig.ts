import {
  type AddInTurnOptions,
  type AddOptions,
  type Attempt,
  Batcher,
  type BatcherOptions,
  type CloseReason,
  type GaveUp,
  type Verdict,
} from '@waybill/core'
import { VirtualClock } from '@waybill/testing'

/** What a rig's batcher rejects with when it gives an item up itself. */
class GivenUp extends Error {
  readonly why: GaveUp
  readonly unknown: boolean

  constructor(why: GaveUp, unknown: boolean, cause: unknown) {
    super(why, { cause })
    this.why = why
    this.unknown = unknown
  }
}

/** One call that the batcher made, to be answered by the test. */
interface Call {
  readonly items: readonly string[]
  readonly reason: CloseReason
  readonly at: number
  readonly answer: (attempts: readonly Attempt<string>[]) => Promise<void>
  readonly fail: (error: unknown) => Promise<void>
  readonly accept: () => Promise<void>
}

export const accepted = (value: string): Attempt<string> => ({ ok: true, value })
export const refused = (verdict: Verdict, unknown = false, error = new Error(verdict)): Attempt<string> => ({
  ok: false,
  error,
  verdict,
  unknown,
})

/** A batcher of strings whose calls the test answers by hand; back-offs have no jitter: 10, 20, 40 … and 1,000, 2,000 … ms. */
export function batcherRig(options: Partial<BatcherOptions<string, string>> = {}) {
  const clock = new VirtualClock()
  const calls: Call[] = []
  const batcher = new Batcher<string, string>({
    clock,
    send: (items, reason) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly Attempt<string>[]>()
      const answer = (attempts: readonly Attempt<string>[]) => (resolve(attempts), clock.advance('0ms'))
      calls.push({
        items,
        reason,
        at: clock.now(),
        answer,
        fail: (error) => (reject(error), clock.advance('0ms')),
        accept: () => answer(items.map((item) => accepted(`${item} accepted`))),
      })
      return promise
    },
    bytes: (item) => item.length,
    giveUp: (why, _item, unknown, cause) => new GivenUp(why, unknown, cause),
    maxCount: 3,
    maxBytes: 100,
    linger: 5,
    maxInFlight: 2,
    backoff: { now: { first: 10, max: 100, jitter: 0 }, later: { first: 1_000, max: 8_000, jitter: 0 } },
    unknownWindow: 60_000,
    ...options,
  })
  const add = (item: string, more: Partial<AddOptions> = {}): Promise<unknown> =>
    batcher.add(item, { deadline: clock.now() + 30_000, ...more }).catch((error: unknown) => error)
  const addInTurn = (item: string, more: Partial<AddInTurnOptions> = {}) => {
    const { promise: added, resolve } = Promise.withResolvers<boolean>()
    const adding: Promise<unknown> = batcher.addInTurn(item, { timeout: 30_000, ...more }, () => resolve(true))
    return { added, outcome: adding.catch((error: unknown) => error) }
  }
  return { batcher, clock, calls, add, addInTurn }
}
