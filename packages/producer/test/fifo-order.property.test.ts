import { createProducer, type SendError } from '@waybill/producer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepIn, steps } from './support/contracts.ts'
import { accepted, refused, sqsError } from './support/faults.ts'
import { virtual } from './support/virtual.ts'

/** What happens to one entry of a call, or to the whole of it. */
const entryFate = fc.constantFrom('ok', 'ok', 'ok', 'now', 'later', 'never', 'stored, not named')
const callFate = fc.constantFrom(
  'answered',
  'answered',
  'answered',
  'lost before',
  'lost after',
  'throttled',
  'cut short',
)
const scenario = fc.record({
  sends: fc.array(
    fc.record({
      of: fc.constantFrom('a', 'b', 'c'),
      pause: fc.constantFrom(0, 0, 0, 3, 200),
      abortAfter: fc.option(fc.constantFrom(0, 6, 40, 400), { freq: 6, nil: undefined }),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  calls: fc.array(
    fc.record({
      fate: callFate,
      entries: fc.array(entryFate, { minLength: 10, maxLength: 10 }),
      latency: fc.constantFrom(0, 5, 50),
    }),
    { minLength: 1, maxLength: 15 },
  ),
  timeout: fc.constantFrom('1s', '10s'),
  buffer: fc.constantFrom(2, 10_000),
})

interface Outcome {
  readonly n: number
  readonly of: string
  /** The number of sends that had been made when it was told. */
  readonly toldAfter: number
  readonly error: SendError | undefined
}

/** Plays a scenario on a queue that drops duplicates as SQS does, and tells what was stored and what the senders heard. */
async function play({ sends, calls, timeout, buffer }: typeof scenario extends fc.Arbitrary<infer S> ? S : never) {
  const stored: { readonly n: number; readonly of: string }[] = []
  const seen = new Set<string | undefined>()
  const at = virtual(async (entries, index) => {
    const {
      fate,
      entries: fates,
      latency,
    } = calls[index % calls.length] ?? { fate: 'answered', entries: [], latency: 0 }
    await new Promise<void>((resolve) => at.clock.after(latency, resolve))
    if (fate === 'lost before') throw sqsError('now', true)
    if (fate === 'throttled') throw sqsError('later')
    const results = entries.flatMap(({ body, deduplicationId }, position) => {
      const fateOfEntry = fates[position] ?? 'ok'
      if (fateOfEntry === 'now' || fateOfEntry === 'later' || fateOfEntry === 'never') return [refused(fateOfEntry)]
      if (!seen.has(deduplicationId)) stored.push(stepIn(body))
      seen.add(deduplicationId)
      return fateOfEntry === 'ok' ? [accepted()] : [refused('now', true)]
    })
    if (fate === 'lost after') throw sqsError('now', true)
    return fate === 'cut short' ? [] : results
  })
  const producer = createProducer(at.connection, steps, { timeout, buffer: { messages: buffer } })
  const outcomes: Outcome[] = []
  let made = 0
  for (const [n, { of, pause, abortAfter }] of sends.entries()) {
    await at.clock.advance(`${pause}ms`)
    const controller = new AbortController()
    const tell = (error?: SendError) => void outcomes.push({ n, of, toldAfter: made, error })
    producer.send('step', { of, n }, { signal: controller.signal }).then(() => tell(), tell)
    made++
    if (abortAfter !== undefined) at.clock.after(abortAfter, () => controller.abort())
  }
  await at.clock.advance('1m')
  return { stored, outcomes, timers: at.clock.timers }
}

test('whatever fails, no message is lost and no group loses its order', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const { stored, outcomes, timers } = await play(given)
      expect(outcomes).toHaveLength(given.sends.length)
      const isStored = ({ n }: { n: number }) => stored.some((step) => step.n === n)
      expect(outcomes.filter(({ error }) => !error).filter((sent) => !isStored(sent))).toEqual([])
      const surelyNot = outcomes.filter(({ error }) => error && !error.unknown)
      expect(surelyNot.filter(isStored)).toEqual([])
      for (const of of ['a', 'b', 'c']) {
        const numbers = stored.filter((step) => step.of === of).map(({ n }) => n)
        expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other))
        // None overtakes: what follows a message that is not there was sent after its sender had been told.
        for (const missing of outcomes.filter((outcome) => outcome.of === of && !isStored(outcome))) {
          const followers = numbers.filter((n) => n > missing.n)
          expect(followers.filter((n) => n < missing.toldAfter)).toEqual([])
        }
      }
      expect(timers).toBe(0)
    }),
    { numRuns: 150 },
  )
})
