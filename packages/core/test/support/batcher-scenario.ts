// A random life of a batcher: what is added and when, what its calls answer, and how it ends.
import { type Attempt, Batcher, type GaveUp } from '@waybill/core'
import * as fc from 'fast-check'
import { VirtualClock } from '@waybill/testing'

export interface Added {
  readonly id: number
  readonly key: string | undefined
  readonly bytes: number
  readonly inTurn: boolean
  /** A moment; undefined until it is added, and for good when it is refused before. */
  addedAt: number | undefined
  /** That moment, on the clock. */
  addedTime: number
  deadline: number
  firstTriedAt: number | undefined
  unknown: boolean
}
interface Call {
  readonly items: readonly Added[]
  readonly started: number
  ended: number
}
interface Settled {
  readonly item: Added
  readonly moment: number
  readonly time: number
  readonly outcome: number | Error
}

const word = fc.constantFrom('ok', 'ok', 'now', 'now-unknown', 'later', 'never')
const form = fc.constantFrom('whole', 'whole', 'whole', 'short', 'long', 'throws', 'throws a bug')
export const scenario = fc.record({
  items: fc.array(
    fc.record({
      key: fc.constantFrom(undefined, 'k', 'l'),
      bytes: fc.integer({ min: 1, max: 30 }),
      pause: fc.constantFrom(0, 0, 0, 3, 40),
      timeout: fc.constantFrom(5, 100, 5_000),
      abortAfter: fc.option(fc.constantFrom(0, 10, 90), { freq: 4, nil: undefined }),
      inTurn: fc.boolean(),
      /** Whether its signal is that of others too. */
      shares: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  /** Which of them ask for room. */
  turns: fc.constantFrom('none', 'some', 'all'),
  answers: fc.array(
    fc.record({
      shape: form,
      words: fc.array(word, { minLength: 3, maxLength: 3 }),
      latency: fc.constantFrom(0, 4, 30),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  limits: fc.record({
    maxCount: fc.integer({ min: 1, max: 3 }),
    maxBytes: fc.constantFrom(20, 60),
    linger: fc.constantFrom(0, 5),
    maxInFlight: fc.integer({ min: 1, max: 3 }),
    eager: fc.boolean(),
    maxHeldCount: fc.constantFrom(1, 4, 100),
    maxHeldBytes: fc.constantFrom(20, 1_000),
    unknownWindow: fc.constantFrom(10, 1_000),
  }),
  end: fc.constantFrom('flush', 'close', 'abandon'),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never

function attempt(id: number, said: string | undefined): Attempt<number> {
  if (said === 'ok' || said === undefined) return { ok: true, value: id }
  const verdict = said === 'later' || said === 'never' ? said : 'now'
  return { ok: false, error: new Error(said), verdict, unknown: said === 'now-unknown' }
}

const AT_ONCE = { shape: 'whole', words: [], latency: 0 }

/** Plays a scenario to its end; `moment` numbers all that happens, in order. */
export async function play({ items, turns, answers, limits, end }: Scenario) {
  const clock = new VirtualClock()
  const calls: Call[] = []
  const settled: Settled[] = []
  const added: Added[] = []
  const late: Added[] = []
  const overfull: (readonly Added[])[] = []
  let moment = 0
  let inFlight = 0
  let mostInFlight = 0
  const batcher = new Batcher<Added, number>({
    ...limits,
    clock,
    send: async (batch) => {
      const { latency, shape, words } = answers[calls.length % answers.length] ?? AT_ONCE
      const call: Call = { items: batch, started: moment++, ended: Infinity }
      calls.push(call)
      for (const item of batch) {
        item.firstTriedAt ??= clock.now()
        const window = item.unknown && item.key !== undefined ? item.firstTriedAt + limits.unknownWindow : Infinity
        if (clock.now() > Math.min(item.deadline, window)) late.push(item)
      }
      mostInFlight = Math.max(mostInFlight, ++inFlight)
      await new Promise<void>((resolve) => clock.after(latency, resolve))
      inFlight--
      call.ended = moment++
      const noAnswer = shape === 'short' || shape === 'throws'
      for (const [index, item] of batch.entries()) item.unknown ||= noAnswer || words[index] === 'now-unknown'
      if (shape === 'throws') throw Object.assign(new Error('down'), { verdict: 'now', unknown: true })
      if (shape === 'throws a bug') throw new TypeError('bug')
      const attempts = batch.map((item, index) => attempt(item.id, words[index]))
      if (shape === 'short') return []
      return shape === 'long' ? [...attempts, attempt(-1, 'ok')] : attempts
    },
    bytes: (item) => item.bytes,
    giveUp: (why: GaveUp) => new Error(why),
    backoff: { now: { first: 5, max: 20, jitter: 1 }, later: { first: 200, max: 800, jitter: 0.5 } },
  })
  /** Looks now and then whether more is held than may be: what is not settled yet, or still in a call. */
  function lookAtRoom(): void {
    const inCalls = new Set(calls.filter(({ ended }) => ended === Infinity).flatMap((call) => call.items))
    const done = new Set(settled.map(({ item }) => item))
    const held = added.filter((item) => item.addedAt !== undefined && (!done.has(item) || inCalls.has(item)))
    const bytes = held.reduce((sum, item) => sum + item.bytes, 0)
    if (held.length > 1 && (held.length > limits.maxHeldCount || bytes > limits.maxHeldBytes)) overfull.push(held)
    if (clock.now() < 2_000) clock.after(7, lookAtRoom)
  }
  if (turns === 'all') lookAtRoom()

  const shared = new AbortController()
  for (const [id, given] of items.entries()) {
    await clock.advance(`${given.pause}ms`)
    const inTurn = turns === 'all' || (turns === 'some' && given.inTurn)
    const item: Added = {
      ...given,
      inTurn,
      id,
      addedAt: undefined,
      addedTime: 0,
      deadline: 0,
      firstTriedAt: undefined,
      unknown: false,
    }
    added.push(item)
    const controller = given.shares ? shared : new AbortController()
    const { signal } = controller
    const settle = (outcome: number | Error) =>
      void settled.push({ item, moment: moment++, time: clock.now(), outcome })
    const enter = () => {
      item.addedAt = moment++
      item.addedTime = clock.now()
      // behind another of its key, its time has not begun
      item.deadline = inTurn && item.key !== undefined ? Infinity : clock.now() + given.timeout
    }
    if (inTurn) {
      batcher.addInTurn(item, { key: item.key, timeout: given.timeout, signal }, enter).then(settle, settle)
    } else {
      enter()
      batcher.add(item, { key: item.key, deadline: item.deadline, signal }).then(settle, settle)
    }
    if (given.abortAfter !== undefined) clock.after(given.abortAfter, () => controller.abort())
  }
  let ended = false
  if (end === 'abandon') batcher.abandon('stop')
  const ending = end === 'flush' ? batcher.flush() : batcher.close()
  void ending.then(() => (ended = true))
  await clock.advance('1m')
  return { added, batcher, calls, clock, ended, late, limits, mostInFlight, overfull, settled }
}
