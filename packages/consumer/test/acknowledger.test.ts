import type { EntryResult } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { Acknowledger, type AcknowledgerOptions } from '../src/acknowledger.ts'
import { leaseRig, ok, refusal } from './support/lease-rig.ts'

/** An acknowledger on a virtual clock, whose calls the test answers. */
function acknowledgerRig(
  answer: (handles: readonly string[]) => Promise<readonly EntryResult<void>[]> = async (handles) =>
    handles.map(() => ok),
  options: Partial<AcknowledgerOptions> = {},
) {
  const { clock, lane, leases, lost } = leaseRig()
  const calls: { readonly at: number; readonly handles: readonly string[]; readonly timeout: number }[] = []
  const acknowledger = new Acknowledger({
    clock,
    leases,
    fifo: false,
    visibilityTimeout: 30,
    polls: 1,
    delete(handles, timeout) {
      calls.push({ at: clock.now(), handles, timeout })
      return answer(handles)
    },
    ...options,
  })
  return { acknowledger, calls, clock, lane, leases, lost }
}

describe('a delete', () => {
  test('is gathered with others, ten to a call, and leaves after 100 ms', async () => {
    const { acknowledger, calls, clock, lane } = acknowledgerRig()
    const deletes = Array.from({ length: 12 }, () => lane()).flatMap((each) =>
      each.deliveries.map((held) => acknowledger.delete(each, held)),
    )
    await clock.advance('100ms')
    await Promise.all(deletes)
    expect(calls.map(({ at, handles }) => [at, handles.length])).toEqual([
      [0, 10],
      [100, 2],
    ])
  })

  test.each([
    [1, 10],
    [20, 21],
  ])('has a call of its own, beside others that hang, when there are %i polls: %i at once', async (polls, wanted) => {
    const { acknowledger, calls, clock, lane } = acknowledgerRig(() => new Promise(() => {}), { polls })
    for (let n = 0; n < 300; n++) {
      const own = lane()
      for (const held of own.deliveries) void acknowledger.delete(own, held)
    }
    await clock.advance('1s')
    expect(calls).toHaveLength(wanted)
  })

  test('of a group waits for those before it, and not for those of other groups', async () => {
    const answers: (() => void)[] = []
    const { acknowledger, calls, clock, lane } = acknowledgerRig(
      async (handles) => {
        await new Promise<void>((resolve) => answers.push(resolve))
        return handles.map(() => ok)
      },
      { fifo: true },
    )
    const [one, two] = [lane(2, 'one'), lane(2, 'two')]
    for (const each of [one, two]) for (const held of each.deliveries) void acknowledger.delete(each, held)
    await clock.advance('1s')
    expect(calls.map(({ handles }) => handles)).toEqual([['h0', 'h2']])
    answers[0]?.()
    await clock.advance('1s')
    expect(calls.map(({ handles }) => handles)).toEqual([
      ['h0', 'h2'],
      ['h1', 'h3'],
    ])
  })

  test.each([
    [30, 5_000],
    [5, 1_250],
  ])('has a quarter of a visibility timeout of %i s, at most 5 s, for its call', async (visibilityTimeout, timeout) => {
    const { acknowledger, calls, clock, lane } = acknowledgerRig(undefined, { visibilityTimeout })
    const own = lane()
    for (const held of own.deliveries) void acknowledger.delete(own, held)
    await clock.advance('100ms')
    expect(calls.map((call) => call.timeout)).toEqual([timeout])
  })

  test('whose lease is lost is tried for five more seconds: the handle may still be good', async () => {
    const { acknowledger, calls, clock, lane, leases } = acknowledgerRig(async (handles) =>
      handles.map(() => refusal('now', 'reset')),
    )
    const own = lane()
    for (const held of own.deliveries) leases.lose(held, 'it was')
    const deletes = Promise.all(own.deliveries.map((held) => acknowledger.delete(own, held)))
    await clock.advance('1m')
    await deletes
    expect(calls.length).toBeGreaterThan(3)
    expect(calls.at(-1)?.at).toBeLessThanOrEqual(5_000)
  })

  test('that is given up at the end of a stop is counted', async () => {
    const { acknowledger, clock, lane } = acknowledgerRig(() => new Promise(() => {}))
    for (const own of [lane(), lane(), lane()]) for (const held of own.deliveries) void acknowledger.delete(own, held)
    await clock.advance('1s')
    expect(acknowledger.abandon()).toBe(3)
  })
})
