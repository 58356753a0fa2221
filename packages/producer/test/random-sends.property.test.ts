import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { upTo } from './support/calls.ts'
import { play, scenario } from './support/random-sends.ts'

const numRuns = Number(process.env['WAYBILL_RANDOM_RUNS'] ?? 300)

/** Holds at the end of any scenario. */
const always = (check: (played: Awaited<ReturnType<typeof play>>, given: { readonly fifo: boolean }) => void) =>
  fc.assert(
    fc.asyncProperty(scenario, async (given) => check(await play(given), given)),
    { numRuns },
  )

const byNumber = (one: number, other: number) => one - other
const numbers = (outcomes: readonly { readonly n: number }[]) => outcomes.map(({ n }) => n)

test('every send settles exactly once, and nothing is left running', () =>
  always(({ sent, outcomes, notTaken, stored, callsAfterClose, timers, listeners }) => {
    expect([...numbers(outcomes), ...notTaken].toSorted(byNumber)).toEqual(upTo(sent))
    expect(stored.filter((n) => notTaken.includes(n))).toEqual([])
    expect({ callsAfterClose, timers, listeners }).toEqual({ callsAfterClose: 0, timers: 0, listeners: 0 })
  }))

test('what is accepted is stored; what is stored was accepted, or nobody knows', () =>
  always(({ outcomes, stored }) => {
    const accepted = outcomes.filter(({ error }) => !error)
    expect(numbers(accepted).filter((n) => !stored.includes(n))).toEqual([])
    const surelyNot = outcomes.filter(({ error }) => error && !error.unknown)
    expect(numbers(surelyNot).filter((n) => stored.includes(n))).toEqual([])
  }))

test('what close gives back is what it gave up, and another producer can send it', () =>
  always(({ outcomes, unsent, resent, inTheEnd }) => {
    const closed = outcomes.filter(({ error }) => error?.code === 'closed')
    const given = unsent.map(({ payload, options, unknown }) => ({ n: payload.n, id: options?.id, unknown }))
    const told = closed.map(({ n, error }) => ({ n, id: error?.id, unknown: error?.unknown }))
    expect(told).toEqual(expect.arrayContaining(given))
    // A sendMany may still have waited for room.
    const sends = closed.filter(({ source }) => source < 0)
    expect(numbers(given)).toEqual(expect.arrayContaining(numbers(sends)))
    expect(resent.filter(({ ok }) => !ok)).toEqual([])
    expect(inTheEnd).toEqual(expect.arrayContaining(numbers(given)))
  }))

test('a FIFO queue has nothing twice, and the messages of a group in the order in which they were sent', () =>
  always(({ outcomes, inTheEnd }, { fifo }) => {
    if (!fifo) return
    expect(new Set(inTheEnd).size).toBe(inTheEnd.length)
    for (const { of, source } of outcomes) {
      const sameLine = new Set(numbers(outcomes.filter((other) => other.of === of && other.source === source)))
      const line = inTheEnd.filter((n) => sameLine.has(n))
      expect(line).toEqual(line.toSorted(byNumber))
    }
  }))

test('on FIFO none overtakes: what follows a message that failed was sent after its sender had been told', () =>
  always(({ outcomes, inTheEnd }, { fifo }) => {
    if (!fifo) return
    const sends = outcomes.filter(({ source }) => source < 0)
    for (const missing of sends.filter(({ n }) => !inTheEnd.includes(n))) {
      const behind = sends.filter(({ n, of }) => of === missing.of && n > missing.n && n < missing.toldAfter)
      expect(numbers(behind).filter((n) => inTheEnd.includes(n))).toEqual([])
    }
  }))
