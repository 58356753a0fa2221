import { type Duration, sleep } from '@waybill/core'
import { describe, expect, test } from 'vitest'
import { leaseRig, ok, refusal } from './support/lease-rig.ts'

const HOUR = 3_600_000

describe('a lease', () => {
  test('costs no request when its message is settled before half of it is gone', async () => {
    const { clock, leases, lane, calls } = leaseRig()
    const [held] = lane().deliveries
    await clock.advance('14999ms')
    if (held) leases.drop(held)
    await clock.advance('1h')
    expect(calls).toEqual([])
  })

  test('is extended when half of it is gone, each time from the moment of asking', async () => {
    const { clock, lane, calls } = leaseRig()
    lane()
    await clock.advance('46s')
    expect(calls.map(({ at, entries }) => [at, entries])).toEqual([
      [15_000, [{ handle: 'h0', visibilityTimeout: 30 }]],
      [30_000, [{ handle: 'h0', visibilityTimeout: 30 }]],
      [45_000, [{ handle: 'h0', visibilityTimeout: 30 }]],
    ])
  })

  test('is extended no earlier for a neighbour that was settled just before', async () => {
    const { clock, leases, lane, calls } = leaseRig()
    const [settled] = lane().deliveries
    await clock.advance('50ms')
    lane()
    await clock.advance('14s')
    if (settled) leases.drop(settled)
    await clock.advance('2s')
    expect(calls.map(({ at }) => at)).toEqual([15_050])
  })

  test('is extended together with others, ten to a call, a lane never split', async () => {
    const { clock, lane, calls } = leaseRig()
    for (const size of [4, 4, 4, 2, 1]) lane(size)
    await clock.advance('15s')
    expect(calls.map(({ entries }) => entries.length)).toEqual([8, 7])
  })

  test('is extended together with those that are due a little later: then they stay together', async () => {
    const { clock, lane, calls } = leaseRig()
    for (let n = 0; n < 40; n++) {
      lane()
      await clock.advance('37ms')
    }
    await clock.advance('30s')
    const later = calls.filter(({ at }) => at > 20_000)
    expect(later.map(({ entries }) => entries.length)).toEqual([10, 10, 10, 10])
  })

  test.each([
    ['100 calls at once, each of which has a connection of its own', 20, 100],
    ['100 calls more each second while answers are slow', 2_500, 300],
  ])('is extended once, however many are due: in %s', async (_how, takes, wanted) => {
    let [open, most] = [0, 0]
    const { clock, lane, calls, lost } = leaseRig(async (entries) => {
      most = Math.max(most, ++open)
      await sleep(clock, takes)
      open--
      return entries.map(() => ok)
    })
    for (let n = 0; n < 3_000; n++) lane()
    await clock.advance('25s')
    const handles = calls.flatMap(({ entries }) => entries.map(({ handle }) => handle))
    expect([most, handles.length, new Set(handles).size, lost]).toEqual([wanted, 3_000, 3_000, []])
  })

  test('is extended once, though slow answers kept it waiting while the timer rang again', async () => {
    let made = 0
    const { clock, lane, calls, lost } = leaseRig(async (entries) => {
      if (++made <= 100) await sleep(clock, 4_000)
      return entries.map(() => ok)
    })
    for (let n = 0; n < 2_000; n++) lane()
    await clock.advance('25s')
    const handles = calls.flatMap(({ entries }) => entries.map(({ handle }) => handle))
    expect([handles.length, new Set(handles).size, lost]).toEqual([2_000, 2_000, []])
  })

  test('costs no request beside others that end in time: the timer may ring for one that is settled', async () => {
    const { calls, clock, lane, leases } = leaseRig()
    for (let n = 0; n < 200; n++) {
      for (const held of lane().deliveries) clock.after(13_000, () => leases.drop(held))
      await clock.advance('200ms')
    }
    expect(calls).toEqual([])
  })

  test('is not looked at while others are due: much may be held at little cost', async () => {
    const { clock, calls, lane, leases } = leaseRig()
    const [far] = lane().deliveries
    far?.start()
    if (far) await leases.extend(far, '1h')
    let looks = 0
    if (far) Object.defineProperty(far, 'visibilityCall', { get: () => void looks++ })
    for (let n = 0; n < 20; n++) {
      lane()
      await clock.advance('1s')
    }
    await clock.advance('10m')
    expect(calls.length).toBeGreaterThan(50)
    expect(looks).toBe(0)
  })

  test('is lost when no extension comes through before its end; the handler is told', async () => {
    const { clock, lane, calls, lost } = leaseRig((entries) =>
      Promise.resolve(entries.map(() => refusal('now', 'unreachable'))),
    )
    const [held] = lane().deliveries
    await clock.advance('29999ms')
    expect(lost).toEqual([])
    expect(held?.signal.aborted).toBe(false)
    await clock.advance('1ms')
    expect(lost).toEqual([{ at: 30_000, handle: 'h0', why: expect.stringContaining('its visibility timeout ended') }])
    expect(held?.signal.reason).toMatchObject({ name: 'LeaseLostError', code: 'lease-lost' })
    expect(calls).toHaveLength(15)
    await clock.advance('1h')
    expect(calls).toHaveLength(15)
  })

  test('is lost at its end, not when its extension would be tried again', async () => {
    const { clock, lane, calls, lost } = leaseRig(
      (entries) => Promise.resolve(entries.map(() => refusal('now', 'unreachable'))),
      { visibilityTimeout: 5 },
    )
    lane()
    await clock.advance('1m')
    expect(calls.map(({ at }) => at)).toEqual([2_500, 3_500, 4_500])
    expect(lost).toMatchObject([{ at: 5_000, handle: 'h0' }])
  })

  test('is lost at its own end while the last extension that there was time for hangs', async () => {
    const { clock, lane, lost } = leaseRig(
      async (entries) => {
        if (clock.now() > 6_000) await sleep(clock, 10_000)
        return entries.map(() => refusal('now', 'unreachable'))
      },
      { visibilityTimeout: 7 },
    )
    for (const after of ['0ms', '20ms', '200ms'] as const) {
      await clock.advance(after)
      lane()
    }
    await clock.advance('1m')
    expect(lost.map(({ at, handle }) => [handle, at])).toEqual([
      ['h0', 7_000],
      ['h1', 7_020],
      ['h2', 7_220],
    ])
  })

  test('is tried again a second after a refusal, whatever ends meanwhile', async () => {
    const { clock, lane, calls, lost } = leaseRig(
      async (entries) => {
        if (clock.now() > 3_500) return entries.map(() => ok)
        await sleep(clock, 1_250)
        return entries.map(() => refusal('now', 'timeout'))
      },
      { visibilityTimeout: 5 },
    )
    lane()
    await clock.advance('635ms')
    lane()
    await clock.advance('5s')
    expect(calls.map(({ at, entries }) => [at, entries.length])).toEqual([
      [2_500, 1],
      [3_135, 1],
      [4_750, 2],
    ])
    expect(lost).toEqual([])
  })

  test('is not extended once it is over, though it was due before the event loop was blocked', async () => {
    const { clock, lane, calls, lost } = leaseRig(async (entries) => {
      await sleep(clock, 500)
      return entries.map(() => ok)
    })
    for (let n = 0; n < 1_010; n++) lane()
    await clock.advance('15100ms')
    clock.freeze('20s')
    await clock.advance('1s')
    expect(calls.filter(({ at }) => at > 16_000)).toEqual([])
    expect(lost).toHaveLength(1_010)
  })

  test('near the cap is refused by itself: those of its lane that are not extended any more are none of it', async () => {
    const { clock, lane, leases, calls, lost } = leaseRig((entries) =>
      Promise.resolve(
        entries.map(({ handle }) => (handle === 'h1' && clock.now() > 43_177_000 ? refusal('lost') : ok)),
      ),
    )
    const { deliveries } = lane(2)
    for (const held of deliveries) held.start()
    await clock.advance('11h')
    const [head, next] = deliveries
    if (head) await leases.extend(head, '3595s')
    if (next) await leases.extend(next, '38s')
    await clock.advance('3579s')
    expect(calls.at(-1)).toMatchObject({ at: 43_178_000, entries: [{ handle: 'h1', visibilityTimeout: 17 }] })
    expect(lost).toMatchObject([{ handle: 'h1', at: 43_178_000 }])
    expect(head?.visibilityCall).toBeUndefined()
  })

  test('that is settled while it is being extended leaves no timer', async () => {
    const { clock, lane, leases } = leaseRig(async (entries) => {
      await sleep(clock, 100)
      return entries.map(() => ok)
    })
    const { deliveries } = lane()
    await clock.advance('15050ms')
    for (const held of deliveries) leases.drop(held)
    await clock.advance('100ms')
    expect(clock.timers).toBe(0)
  })

  test('of a manager that has stopped leaves no timer', async () => {
    const { clock, lane, leases } = leaseRig()
    lane()
    await leases.stop()
    expect(clock.timers).toBe(0)
  })

  test('is lost at once when SQS says that the handle is no longer good', async () => {
    const { clock, lane, lost } = leaseRig((entries) =>
      Promise.resolve(entries.map(({ handle }) => (handle === 'h1' ? refusal('lost', 'expired') : ok))),
    )
    const lanes = [lane(), lane()]
    await clock.advance('15s')
    expect(lost).toEqual([{ at: 15_000, handle: 'h1', why: expect.stringContaining('expired') }])
    expect(lanes.map(({ deliveries }) => deliveries[0]?.state)).toEqual(['waiting', 'lost'])
  })

  test('that is lost takes no room, unless its delete is under way: then until that has ended', () => {
    const { lane, leases } = leaseRig()
    const [deleting, running] = lane(2).deliveries
    if (!deleting || !running) throw new Error('The rig has no deliveries.')
    for (const delivery of [deleting, running]) delivery.start()
    deleting.settle()
    for (const delivery of [deleting, running]) leases.lose(delivery, 'it was')
    expect(leases.size).toBe(1)
    leases.drop(deleting)
    expect(leases.size).toBe(0)
  })

  test('is lost when its extension is answered after its end, whatever the answer', async () => {
    const slow = Promise.withResolvers<void>()
    const { clock, lane, lost } = leaseRig(async (entries) => {
      await slow.promise
      return entries.map(() => ok)
    })
    lane()
    await clock.advance('30s')
    slow.resolve()
    await clock.advance('0ms')
    expect(lost).toMatchObject([{ handle: 'h0' }])
  })

  test.each([
    [30, 5_000],
    [8, 2_000],
  ])('of %i s has %i ms for a call about it, and leaves no timer when it is dropped', async (seconds, wanted) => {
    const { calls, clock, lane, leases } = leaseRig(undefined, { visibilityTimeout: seconds })
    const { deliveries } = lane()
    await clock.advance(`${seconds * 500}ms`)
    for (const held of deliveries) leases.drop(held)
    expect({ timeouts: calls.map(({ timeout }) => timeout), timers: clock.timers }).toEqual({
      timeouts: [wanted],
      timers: 0,
    })
  })

  test('counts from when its extension was asked for, however long that took', async () => {
    const { clock, lane } = leaseRig(async (entries) => {
      await new Promise<void>((resolve) => clock.after(4_000, resolve))
      return entries.map(() => ok)
    })
    const [held] = lane().deliveries
    await clock.advance('20s')
    expect(held?.leaseEnds).toBe(45_000)
  })

  test('that a handler has extended for longer is not cut short by the extension of its lane', async () => {
    const { calls, clock, lane, leases } = leaseRig()
    const { deliveries } = lane(2)
    const [head] = deliveries
    head?.start()
    if (head) await leases.extend(head, '10m')
    await clock.advance('16s')
    expect(calls.map(({ entries }) => entries)).toEqual([
      [{ handle: 'h0', visibilityTimeout: 600 }],
      [{ handle: 'h1', visibilityTimeout: 30 }],
    ])
  })

  test('is extended no more, and ends by itself, once the manager has stopped', async () => {
    const { calls, clock, lane, leases } = leaseRig()
    lane()
    await leases.stop()
    await clock.advance('1m')
    expect({ calls, timers: clock.timers }).toEqual({ calls: [], timers: 0 })
  })

  test('is out of the hands of a manager that has stopped: no call is under way any more', async () => {
    const answer = Promise.withResolvers<void>()
    const { clock, lane, leases } = leaseRig(async (entries) => {
      await answer.promise
      return entries.map(() => ok)
    })
    lane()
    await clock.advance('15s')
    let stopped = false
    const stopping = leases.stop().then(() => (stopped = true))
    await clock.advance('1s')
    expect(stopped).toBe(false)
    answer.resolve()
    await stopping
  })

  test('is lost at its end while an extension hangs', async () => {
    const { clock, lane, lost } = leaseRig(() => new Promise(() => {}))
    lane()
    await clock.advance('30s')
    expect(lost).toMatchObject([{ at: 30_000, handle: 'h0' }])
  })

  test.each<[number, Duration, Duration, readonly number[]]>([
    [30, '10s', '40s', [15_000, 25_000, 40_000]],
    [5, '600ms', '5s', [2_500, 3_100, 5_600]],
  ])(
    'of %d s is extended in time although the extension of one that began %s before hangs',
    async (visibilityTimeout, later, rest, expected) => {
      let made = 0
      const { calls, clock, lane, lost } = leaseRig(
        (entries) => (made++ === 0 ? new Promise(() => {}) : Promise.resolve(entries.map(() => ok))),
        { visibilityTimeout },
      )
      lane()
      await clock.advance(later)
      lane()
      await clock.advance(rest)
      expect(calls.map(({ at }) => at)).toEqual(expected)
      expect(lost.map(({ handle }) => handle)).toEqual(['h0'])
    },
  )

  test('of what was settled meanwhile is no loss when its extension is refused', async () => {
    const answer = Promise.withResolvers<void>()
    const { clock, lane, leases, lost } = leaseRig(async (entries) => {
      await answer.promise
      return entries.map(() => refusal('lost', 'deleted'))
    })
    const { deliveries } = lane()
    await clock.advance('15s')
    for (const held of deliveries) {
      held.settle()
      leases.drop(held)
      held.settled()
    }
    answer.resolve()
    await clock.advance('0ms')
    expect(lost).toEqual([])
  })

  test('is lost when the process was frozen past its end: no extension is sent for what is not ours', async () => {
    const { clock, lane, lost, calls } = leaseRig()
    lane()
    clock.freeze('1m')
    await clock.advance('1ms')
    expect(lost).toMatchObject([{ handle: 'h0' }])
    expect(calls).toEqual([])
  })

  test('is never asked for beyond 12 hours in all: for the rest, then let go', async () => {
    const { clock, lane, calls, lost } = leaseRig()
    lane()
    await clock.advance('12h')
    const [call] = calls.slice(-1)
    const end = (call?.at ?? 0) + 1_000 * (call?.entries[0]?.visibilityTimeout ?? 0)
    expect(end).toBeLessThanOrEqual(12 * HOUR - 5_000)
    expect(end).toBeGreaterThan(12 * HOUR - 7_000)
    expect(lost).toHaveLength(1)
    expect(lost[0]?.at).toBe(end)
  })
})

describe('a release', () => {
  test('makes one message visible after the delay, and is gathered with others', async () => {
    const { clock, leases, lane, calls } = leaseRig()
    const lanes = [lane(), lane(), lane()]
    const released = Promise.all(lanes.map(({ deliveries }, index) => leases.release(deliveries, index * 10)))
    await clock.advance('20ms')
    await released
    expect(calls.map(({ entries }) => entries)).toEqual([
      [
        { handle: 'h0', visibilityTimeout: 0 },
        { handle: 'h1', visibilityTimeout: 10 },
        { handle: 'h2', visibilityTimeout: 20 },
      ],
    ])
    await clock.advance('1h')
    expect(calls).toHaveLength(1)
  })

  test('goes with others, ten messages to a call, a lane never split', async () => {
    const { calls, clock, lane, leases } = leaseRig()
    const released = Promise.all([4, 4, 4].map((size) => leases.release(lane(size).deliveries, 0)))
    await clock.advance('20ms')
    await released
    expect(calls.map(({ entries }) => entries.length)).toEqual([8, 4])
  })

  test('is that of its own messages: one that SQS refuses of another lane is no matter', async () => {
    const { clock, lane, leases } = leaseRig((entries) =>
      Promise.resolve(entries.map(({ handle }) => (handle === 'h3' ? refusal('now', 'failed') : ok))),
    )
    const released = Promise.all([lane(2), lane(2)].map(({ deliveries }) => leases.release(deliveries, 0)))
    await clock.advance('1m')
    expect((await released).map((each) => each.length)).toEqual([2, 0])
  })

  test('asks for no more than SQS still grants of its 12 hours', async () => {
    const { calls, clock, lane, leases } = leaseRig()
    const { deliveries } = lane()
    await clock.advance('1h')
    const before = calls.length
    void leases.release(deliveries, 12 * 3_600)
    await clock.advance('1s')
    expect(calls.slice(before).map(({ entries }) => entries[0]?.visibilityTimeout)).toEqual([11 * 3_600 - 5])
  })

  test('asks for no less than nothing, when SQS grants no more and the lease has not ended', async () => {
    const { calls, clock, lane, leases } = leaseRig(undefined, { visibilityTimeout: 43_200 })
    const { deliveries } = lane()
    await clock.advance('43198s')
    const released = leases.release(deliveries, 60)
    await clock.advance('20ms')
    expect(await released).toEqual(deliveries)
    expect(calls.map(({ entries }) => entries[0]?.visibilityTimeout)).toEqual([0])
  })

  test('gives a lane back in one call, with one value', async () => {
    const { clock, leases, lane, calls } = leaseRig()
    const released = leases.release(lane(3).deliveries, 40)
    await clock.advance('20ms')
    expect(await released).toHaveLength(3)
    expect(calls.map(({ entries }) => entries.map((entry) => entry.visibilityTimeout))).toEqual([[40, 40, 40]])
  })

  test('waits for an extension under way, and comes after it', async () => {
    const first = Promise.withResolvers<void>()
    let count = 0
    const { clock, leases, lane, calls } = leaseRig(async (entries) => {
      if (count++ === 0) await first.promise
      return entries.map(() => ok)
    })
    const { deliveries } = lane()
    await clock.advance('15s')
    const released = leases.release(deliveries, 5)
    await clock.advance('1s')
    expect(calls).toHaveLength(1)
    first.resolve()
    await clock.advance('20ms')
    await released
    expect(calls.map(({ entries }) => entries[0]?.visibilityTimeout)).toEqual([30, 5])
  })

  test('sends nothing for a lease that is over: on a standard queue it would hit the new owner', async () => {
    const { clock, leases, lane, calls } = leaseRig((entries) => Promise.resolve(entries.map(() => refusal('lost'))))
    const { deliveries } = lane()
    await clock.advance('15s')
    await leases.release(deliveries, 5)
    expect(calls).toHaveLength(1)
  })

  test('is not sent when the extension that it waits for says that the lease is lost', async () => {
    const answer = Promise.withResolvers<void>()
    const { clock, leases, lane, calls, lost } = leaseRig(async (entries) => {
      await answer.promise
      return entries.map(() => refusal('lost', 'expired'))
    })
    const { deliveries } = lane()
    await clock.advance('15s')
    for (const held of deliveries) held.settle()
    const released = leases.release(deliveries, 5)
    answer.resolve()
    await clock.advance('20ms')
    expect(await released).toEqual([])
    expect(calls).toHaveLength(1)
    expect(lost).toMatchObject([{ handle: 'h0' }])
  })

  test('tries again until the lease is over, and never rejects', async () => {
    const { clock, leases, lane, calls } = leaseRig((entries) =>
      Promise.resolve(entries.map(() => refusal('now', 'unreachable'))),
    )
    const released = leases.release(lane().deliveries, 5)
    await clock.advance('31s')
    await released
    expect(calls.length).toBeGreaterThan(3)
    expect(calls.at(-1)?.at).toBeLessThanOrEqual(30_000)
  })

  test('of a lane is tried until the first of its leases is over', async () => {
    const { clock, leases, lane, calls } = leaseRig((entries) =>
      Promise.resolve(
        entries.map(({ visibilityTimeout }) => (visibilityTimeout === 600 ? ok : refusal('now', 'unreachable'))),
      ),
    )
    const { deliveries } = lane(2)
    const [head] = deliveries
    head?.start()
    if (head) await leases.extend(head, '10m')
    const released = leases.release(deliveries, 5)
    await clock.advance('11m')
    expect(await released).toEqual([])
    expect(calls.length).toBeGreaterThan(3)
    expect(calls.at(-1)?.at).toBeLessThanOrEqual(30_000)
  })
})

describe('extend, asked for by a handler', () => {
  test('hides the message for that long', async () => {
    const { clock, leases, lane, calls } = leaseRig()
    const [held] = lane().deliveries
    held?.start()
    if (held) await leases.extend(held, '10m')
    expect(calls.map(({ entries }) => entries[0]?.visibilityTimeout)).toEqual([600])
    await clock.advance('584s')
    expect(calls).toHaveLength(1)
  })

  test('is asked for until it is granted', async () => {
    let calls = 0
    const { clock, leases, lane } = leaseRig((entries) =>
      Promise.resolve(entries.map(() => (calls++ < 3 ? refusal('now', 'throttled') : ok))),
    )
    const [held] = lane().deliveries
    held?.start()
    let granted: number | undefined
    void (held && leases.extend(held, '10m').then(() => (granted = clock.now())))
    await clock.advance('10s')
    expect({ calls, granted, leaseEnds: held?.leaseEnds }).toEqual({ calls: 4, granted: 3_000, leaseEnds: 603_000 })
  })

  test('is one call at a time, as every change of visibility is', async () => {
    const answers: (() => void)[] = []
    const { clock, leases, lane, calls } = leaseRig(async (entries) => {
      await new Promise<void>((resolve) => answers.push(resolve))
      return entries.map(() => ok)
    })
    const [held] = lane().deliveries
    held?.start()
    const both = Promise.all(held ? [leases.extend(held, '1h'), leases.extend(held, '2h')] : [])
    await clock.advance('0ms')
    expect(calls).toHaveLength(1)
    answers[0]?.()
    await clock.advance('0ms')
    expect(calls).toHaveLength(2)
    answers[1]?.()
    await both
  })

  test.each([
    ['granted', () => ok, 15_500],
    // A second after that.
    ['refused, and the handler has ended', () => refusal('now', 'throttled'), 16_500],
  ])('leaves the lease to be extended as ever, though that was due while it was %s', async (_how, answer, then) => {
    const { clock, leases, lane, calls } = leaseRig(async (entries) => {
      await sleep(clock, 1_000)
      return entries.map(({ visibilityTimeout }) => (visibilityTimeout === 16 ? answer() : ok))
    })
    const [held] = lane().deliveries
    held?.start()
    await clock.advance('14500ms')
    const extension = held && leases.extend(held, '16s').catch(() => {})
    await clock.advance('600ms')
    held?.wait()
    await clock.advance('10s')
    await extension
    expect(calls.map(({ at, entries }) => [at, entries[0]?.visibilityTimeout])).toEqual([
      [14_500, 16],
      [then, 30],
    ])
  })

  test('leaves no timer when its message was settled meanwhile', async () => {
    const { clock, leases, lane } = leaseRig(async (entries) => {
      await sleep(clock, 1_000)
      return entries.map(() => ok)
    })
    const [held] = lane().deliveries
    held?.start()
    const extension = held && leases.extend(held, '10m').catch(() => {})
    if (held) leases.drop(held)
    await clock.advance('2s')
    await extension
    expect(clock.timers).toBe(0)
  })

  test('is granted up to the last second that SQS still grants', async () => {
    const { clock, leases, lane } = leaseRig()
    const [held] = lane().deliveries
    held?.start()
    await clock.advance('11h')
    if (held) await leases.extend(held, '3595s')
    expect(held?.leaseEnds).toBe(12 * HOUR - 5_000)
  })

  test('rejects when it is more than SQS still grants, and says how much that is', async () => {
    const { clock, leases, lane, calls } = leaseRig()
    const [held] = lane().deliveries
    held?.start()
    await clock.advance('11h')
    const before = calls.length
    await expect(held && leases.extend(held, '2h')).rejects.toThrow(
      "extend by: '2h' is more than the 3595 s that are left of SQS's 12 h for one receive.",
    )
    expect(calls).toHaveLength(before)
  })

  test('rejects when the lease is lost', async () => {
    const { leases, lane } = leaseRig((entries) => Promise.resolve(entries.map(() => refusal('lost'))))
    const [held] = lane().deliveries
    held?.start()
    await expect(held && leases.extend(held, '10m')).rejects.toThrow('There is no lease to extend')
  })
})

describe('a renewal, before something that must not be interrupted', () => {
  test('costs no request while half of the lease is left', async () => {
    const { clock, leases, lane, calls } = leaseRig()
    const [held] = lane().deliveries
    await clock.advance('14999ms')
    if (held) await leases.renew(held)
    expect(calls).toEqual([])
  })

  test('that is refused is tried again, though it was due while that was asked for', async () => {
    const { clock, leases, lane, calls } = leaseRig(async (entries) => {
      if (calls.length > 1) return entries.map(() => ok)
      await sleep(clock, 1_500)
      return entries.map(() => refusal('now', 'throttled'))
    })
    const [held] = lane().deliveries
    await clock.advance('14999ms')
    clock.freeze('2ms')
    const renewal = held && leases.renew(held)
    await clock.advance('10s')
    await renewal
    expect(calls.map(({ at }) => at)).toEqual([15_001, 16_501])
  })

  test('waits for an extension under way, which makes it needless', async () => {
    const answer = Promise.withResolvers<void>()
    const { clock, leases, lane, calls } = leaseRig(async (entries) => {
      await answer.promise
      return entries.map(() => ok)
    })
    const [held] = lane().deliveries
    await clock.advance('15s')
    let renewed = false
    const renewing = held && leases.renew(held).then(() => (renewed = true))
    await clock.advance('1s')
    expect({ calls: calls.length, renewed }).toEqual({ calls: 1, renewed: false })
    answer.resolve()
    await renewing
    expect(calls).toHaveLength(1)
  })
})
