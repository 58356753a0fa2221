// A random life of a producer: what is sent and when, what becomes of its calls, and when it closes.
import { getEventListeners } from 'node:events'
import { createProducer, type SendError } from '@waybill/producer'
import { defineQueue } from '@waybill/schema'
import {
  delayAnswer,
  delayCall,
  dropAnswer,
  fail,
  failEntries,
  type Fault,
  hang,
  omitEntries,
  simulate,
  VirtualClock,
} from '@waybill/testing'
import * as fc from 'fast-check'
import { createQueue } from './account.ts'
import { all } from './all.ts'
import { calls, numbersIn, upTo } from './calls.ts'
import { Step, steps } from './contracts.ts'
import { inside } from './inside.ts'

const unordered = defineQueue('unordered', { messages: [Step] })

const FATES = {
  answered: undefined,
  'lost before': fail('network'),
  'lost after': dropAnswer(),
  throttled: fail('throttled'),
  hangs: hang(),
}
const LATE = { 'at once': undefined, 'sent late': delayCall('50ms'), 'answered late': delayAnswer('50ms') }

const call = fc.record({
  fate: fc.constantFrom('answered', 'answered', 'answered', 'lost before', 'lost after', 'throttled', 'hangs'),
  entries: fc.array(fc.constantFrom('ok', 'ok', 'ok', 'throttled', 'unavailable', 'access-denied', 'omitted'), {
    minLength: 10,
    maxLength: 10,
  }),
  late: fc.constantFrom('at once', 'at once', 'sent late', 'answered late'),
})
export const scenario = fc.record({
  fifo: fc.boolean(),
  sends: fc.array(
    fc.record({
      of: fc.constantFrom('a', 'b', 'c'),
      /** More than one: by a sendMany. */
      count: fc.constantFrom(1, 1, 1, 4),
      pause: fc.constantFrom('0ms', '0ms', '0ms', '3ms', '20ms', '200ms'),
      abortAfter: fc.option(fc.constantFrom(0, 6, 40, 400), { freq: 6, nil: undefined }),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  calls: fc.array(call, { minLength: 1, maxLength: 15 }),
  timeout: fc.constantFrom('1s', '15s'),
  maxInFlight: fc.constantFrom(1, 8),
  messages: fc.constantFrom(2, 10_000),
  closeTimeout: fc.constantFrom(undefined, '0ms', '30ms', '3s'),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never

function faultOf({ fate, entries, late }: Scenario['calls'][number]): Fault {
  const is = (word: string) => (entry: { readonly Id?: unknown }) => entries[Number(entry.Id)] === word
  const refusals = (['throttled', 'unavailable', 'access-denied'] as const).map((word) => failEntries(word, is(word)))
  return [LATE[late], FATES[fate], omitEntries(is('omitted')), ...refusals]
    .filter((fault) => fault !== undefined)
    .reduceRight((inner, outer) => inside(outer, inner))
}

/** What the sender of a message heard. */
interface Outcome {
  readonly n: number
  readonly of: string
  /** Which send or sendMany it came from; all sends are one. */
  readonly source: number
  /** The number of messages that had been sent when it was told. */
  readonly toldAfter: number
  readonly error: SendError | undefined
}

/** Plays a scenario to its end, and sends with another producer what `close` gave back. */
export async function play({ fifo, sends, closeTimeout, messages, ...given }: Scenario) {
  const clock = new VirtualClock()
  await using aws = simulate({ clock })
  const queue = fifo ? steps : unordered
  await createQueue(aws, queue)
  const faults = given.calls.map(faultOf)
  aws.faults.on('send', (...args) => {
    const fault = faults[(calls(aws).length - 1) % faults.length]
    return fault ? fault(...args) : args[1]()
  })
  const { timeout, maxInFlight } = given
  const producer = createProducer(aws, queue, { timeout, maxInFlight, buffer: { messages } })

  const outcomes: Outcome[] = []
  /** What a sendMany had not taken when the producer was closed. */
  const notTaken: number[] = []
  const signals: AbortSignal[] = []
  let sent = 0
  for (const [index, { of, count, pause, abortAfter }] of sends.entries()) {
    await clock.advance(pause)
    const controller = new AbortController()
    const { signal } = controller
    signals.push(signal)
    const first = sent
    sent += count
    const tell = (n: number, source: number, error?: SendError) =>
      void outcomes.push({ n, of, source, toldAfter: sent, error })
    if (count === 1) {
      producer.send('step', { of, n: first }, { signal }).then(
        () => tell(first, -1),
        (error) => tell(first, -1, error),
      )
    } else {
      const some = upTo(count).map(
        (n) => ({ type: 'step', payload: { of, n: first + n }, options: { signal } }) as const,
      )
      void all(producer.sendMany(some)).then((results) => {
        for (const { message, error } of results) tell(message.payload.n, index, error as SendError | undefined)
        notTaken.push(...some.slice(results.length).map(({ payload }) => payload.n))
      })
    }
    if (abortAfter !== undefined) clock.after(abortAfter, () => controller.abort())
  }
  const unsent = await clock.until(producer.close({ timeout: closeTimeout }))
  const callsToClose = calls(aws).length
  await clock.advance('1m')
  const stored = numbersIn(aws, queue)
  const callsAfterClose = calls(aws).length - callsToClose

  aws.faults.clear()
  const other = createProducer(aws, queue)
  const resent = await clock.until(all(other.sendMany(unsent)))
  return {
    sent,
    outcomes,
    notTaken,
    stored,
    unsent,
    callsAfterClose,
    resent,
    inTheEnd: numbersIn(aws, queue),
    timers: clock.timers,
    listeners: signals.flatMap((signal) => getEventListeners(signal, 'abort')).length,
  }
}
