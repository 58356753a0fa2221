import { type ReceivedMessage, type ReceiveRequest, SqsError } from '@waybill/sqs'
import { describe, expect, test, vi } from 'vitest'
import { VirtualClock } from '@waybill/testing'
import { Demand, type DemandOptions } from '../src/demand.ts'
import { Receiver, type ReceiverOptions } from '../src/receiver.ts'
import { capturedLog } from './support/captured-log.ts'
import { received } from './support/lease-rig.ts'

interface Poll {
  readonly at: number
  readonly request: ReceiveRequest
  readonly timeout: number
  readonly answer: (count: number) => Promise<void>
  readonly fail: (verdict: 'now' | 'later', unknown?: boolean) => Promise<void>
  /** As SQS does with an attempt id whose messages something has happened to. */
  readonly refuse: () => Promise<void>
}

/** A receiver on a virtual clock, whose polls the test answers. What arrives takes room until the test frees it. */
function receiverRig(options: Partial<ReceiverOptions & DemandOptions> = {}) {
  const clock = new VirtualClock()
  const { logger, lines } = capturedLog()
  const polls: Poll[] = []
  const accepted: { readonly messages: readonly ReceivedMessage[]; readonly heldSince: number }[] = []
  const room = { free: 10 }
  const receiver = new Receiver({
    clock,
    log: logger,
    fifo: false,
    waitTime: 20,
    visibilityTimeout: 30,
    demand: new Demand({ capacity: 10, maxPolls: 1, free: () => room.free, meanHandlerTime: () => 0, ...options }),
    accept(messages, heldSince) {
      accepted.push({ messages, heldSince })
      room.free -= messages.length
    },
    onFault: () => {},
    receive(request, { signal, timeout }) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly ReceivedMessage[]>()
      signal?.addEventListener('abort', () => reject(new Error('aborted')))
      polls.push({
        at: clock.now(),
        request,
        timeout,
        answer: (count) => (resolve(Array.from({ length: count }, (_, n) => received(`h${n}`))), clock.advance('0ms')),
        fail: (verdict, unknown = false) => (
          reject(new SqsError('network', 'unreachable', { verdict, unknown })),
          clock.advance('0ms')
        ),
        refuse: () => (
          reject(new SqsError('invalid-request', 'Not valid anymore.', { verdict: 'never', unknown: false })),
          clock.advance('0ms')
        ),
      })
      return promise
    },
    ...options,
  })
  return { clock, receiver, polls, accepted, room, lines, at: (index: number) => polls[index] ?? raise(index) }
}

function raise(index: number): never {
  throw new Error(`There was no poll ${index}.`)
}

describe('a receiver', () => {
  test('asks for as many messages as there are free slots, never more than ten, and says how long they are its own', () => {
    const { receiver, polls, room } = receiverRig({ capacity: 4 })
    room.free = 4
    receiver.start()
    expect(polls.map(({ request }) => request)).toEqual([
      { max: 4, wait: 20, visibilityTimeout: 30, attemptId: undefined },
    ])
  })

  test('polls again within seconds when the first polls after a lull have lost their connections', async () => {
    const slow = { capacity: 100, maxPolls: 10, meanHandlerTime: () => 10_000 }
    const { clock, receiver, polls, room, at } = receiverRig(slow)
    room.free = 100
    receiver.start()
    for (let answered = 0; room.free > 0; answered++) {
      await clock.advance('15ms')
      await at(answered).answer(10)
    }
    const [before, since] = [polls.length, clock.now()]
    room.free = 100
    receiver.poke()
    await clock.advance('20s')
    expect(polls.slice(before).map((poll) => poll.at - since)).toEqual([0, 1_000, 3_000, 7_000, 15_000])
  })

  test('does not poll while nothing is free, and does as soon as something is', async () => {
    const { receiver, polls, room, at } = receiverRig()
    receiver.start()
    await at(0).answer(10)
    expect(polls).toHaveLength(1)
    room.free = 10
    receiver.poke()
    expect(polls).toHaveLength(2)
  })

  test('waits a tenth of the mean handler time, at most 50 ms, for more slots than a few', async () => {
    const { clock, receiver, polls, room, at } = receiverRig({ meanHandlerTime: () => 200 })
    receiver.start()
    await at(0).answer(10)
    room.free = 1
    receiver.poke()
    await clock.advance('10ms')
    room.free = 3
    receiver.poke()
    await clock.advance('9ms')
    expect(polls).toHaveLength(1)
    await clock.advance('1ms')
    expect(polls.map(({ at: when, request }) => [when, request.max])).toEqual([
      [0, 10],
      [20, 3],
    ])
  })

  test('opens another poll after a full answer, one fewer after an empty one', async () => {
    const { clock, receiver, polls, room, at } = receiverRig({ maxPolls: 3, capacity: 100 })
    room.free = 100
    receiver.start()
    expect(polls).toHaveLength(1)
    await at(0).answer(10)
    expect(polls).toHaveLength(3)
    await clock.advance('20s')
    await at(1).answer(0)
    await at(2).answer(0)
    expect(polls).toHaveLength(4)
  })

  test('gives a poll 5 s more than it waits', () => {
    const { receiver, at } = receiverRig()
    receiver.start()
    expect(at(0).timeout).toBe(25_000)
  })

  test('asks with several polls for no more than there is room for', async () => {
    const { clock, receiver, polls, at } = receiverRig({ maxPolls: 3, capacity: 20, free: () => 15 })
    receiver.start()
    await at(0).answer(10)
    await clock.advance('1ms')
    expect(polls.map(({ request }) => request.max)).toEqual([10, 10, 5])
  })

  test('counts what open polls may bring as taken', () => {
    const { receiver, polls, room } = receiverRig({ maxPolls: 3, capacity: 12 })
    room.free = 12
    receiver.start()
    receiver.poke()
    expect(polls.map(({ request }) => request.max)).toEqual([10])
  })

  test('takes the lease to begin no earlier than the last turn in which the loop read sockets, less a second', async () => {
    const { clock, receiver, accepted, at } = receiverRig()
    receiver.start()
    await clock.advance('8s')
    await at(0).answer(1)
    expect(accepted.map(({ heldSince }) => heldSince)).toEqual([7_000])
  })

  test('takes the lease to have begun before the loop was blocked, when the answer may have lain there since', async () => {
    const { clock, receiver, accepted, at } = receiverRig()
    receiver.start()
    await clock.advance('8s')
    clock.freeze('15s')
    await at(0).answer(1)
    expect(accepted[0]?.heldSince).toBeLessThanOrEqual(7_000)
  })

  test('does so too when timers ring before the answer is read, as they do after a block', async () => {
    const { clock, receiver, accepted, at } = receiverRig()
    receiver.start()
    await clock.advance('8s')
    clock.freeze('15s')
    await clock.advance('0ms')
    await at(0).answer(1)
    expect(accepted[0]?.heldSince).toBeLessThanOrEqual(7_000)
  })

  test('takes no lease to have begun before its own poll, which left after a block', async () => {
    const { clock, receiver, polls, accepted, room, at } = receiverRig({ maxPolls: 2, capacity: 100 })
    room.free = 20
    receiver.start()
    await at(0).answer(10)
    await clock.advance('8s')
    clock.freeze('15s')
    room.free = 30
    receiver.poke()
    expect(polls.map((poll) => poll.at)).toEqual([0, 0, 23_000])
    await at(2).answer(1)
    expect(accepted.at(-1)?.heldSince).toBe(22_000)
  })

  test.each([
    [1, 250],
    [15, 500],
    [30, 1_000],
    [43_200, 1_000],
  ])('with a visibility timeout of %i s, looks every %i ms whether the loop turns', (visibilityTimeout, wanted) => {
    const clock = new VirtualClock()
    const watchTurns = vi.spyOn(clock, 'watchTurns')
    const { receiver } = receiverRig({ clock, visibilityTimeout })
    receiver.start()
    expect(watchTurns).toHaveBeenCalledExactlyOnceWith(wanted)
  })

  test('knows that the loop turns for as long as any poll is open', async () => {
    const { clock, receiver, polls, accepted, room, at } = receiverRig({ maxPolls: 2, capacity: 100 })
    room.free = 20
    receiver.start()
    await at(0).answer(10)
    expect(polls).toHaveLength(2)
    room.free = 20
    receiver.poke()
    room.free = 10
    await at(1).answer(0)
    await clock.advance('8s')
    await at(2).answer(1)
    expect(accepted.at(-1)?.heldSince).toBe(7_000)
  })

  test('watches the event loop while a poll is open, and leaves nothing behind when it stops', async () => {
    const { clock, receiver, at } = receiverRig()
    receiver.start()
    expect(clock.timers).toBe(1)
    const stopping = receiver.stop()
    await at(0).answer(0)
    await stopping
    expect(clock.timers).toBe(0)
  })

  test('backs off from errors, more each time, logs ever fewer of them, and recovers by itself', async () => {
    const { clock, receiver, polls, lines, at } = receiverRig()
    receiver.start()
    for (let index = 0; index < 20; index++) {
      await at(index).fail('later')
      while (polls.length === index + 1) await clock.advance('1s')
    }
    const last = at(20).at
    expect(last).toBeGreaterThan(20_000)
    expect(lines.map(({ fields }) => fields['failures'])).toEqual([1, 2, 4, 8, 16])
    await clock.advance('20s')
    await at(20).answer(0)
    expect(at(21).at).toBe(clock.now())
    expect(lines.at(-1)).toMatchObject({ level: 'info', message: 'receive works again', fields: { failures: 20 } })
    await at(21).fail('now')
    expect(lines.at(-1)).toMatchObject({ level: 'warn', fields: { failures: 1 } })
  })

  test('waits longer, up to a minute, for what does not pass soon', async () => {
    const { clock, receiver, polls, at } = receiverRig()
    receiver.start()
    for (let index = 0; index < 60; index++) {
      await at(index).fail('later')
      while (polls.length === index + 1) await clock.advance('500ms')
    }
    const gaps = polls.slice(1).map((poll, index) => poll.at - at(index).at)
    expect(Math.max(...gaps)).toBeGreaterThan(25_000)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_500)
  })

  test('takes what fails together for one failure: after a blip that met all its polls it is back at once', async () => {
    const { clock, receiver, polls, lines, at } = receiverRig({ maxPolls: 8, capacity: 1_000, free: () => 1_000 })
    receiver.start()
    for (let index = 0; index < 7; index++) await at(index).answer(10)
    const before = polls.length
    for (let index = before - 8; index < before; index++) await at(index).fail('later')
    await clock.advance('1s')
    expect(polls).toHaveLength(before + 8)
    expect(lines.map(({ fields }) => fields['failures'])).toEqual([1])
  })

  test('tries with one poll in an outage, however many were open before', async () => {
    const { clock, receiver, polls, at } = receiverRig({ maxPolls: 8, capacity: 1_000, free: () => 1_000 })
    receiver.start()
    for (let index = 0; index < 7; index++) await at(index).answer(10)
    for (const wanted of [8, 1]) {
      const before = polls.length
      for (const poll of polls.slice(-8)) await poll.fail('later')
      await clock.advance('3s')
      expect(polls.length - before).toBe(wanted)
    }
  })

  test('slows down when empty answers come at once, and is itself again after a message', async () => {
    const { clock, receiver, polls, at } = receiverRig()
    receiver.start()
    for (let index = 0; index < 12; index++) {
      await at(index).answer(0)
      while (polls.length === index + 1) await clock.advance('100ms')
    }
    expect(clock.now()).toBeGreaterThan(60_000)
    await at(12).answer(1)
    await clock.advance('1ms')
    expect(at(13).at).toBe(clock.now())
  })

  test('asks a standard queue for what there is room for now, whatever call was lost before', async () => {
    const { clock, receiver, polls, room, at } = receiverRig()
    room.free = 5
    receiver.start()
    await clock.advance('1ms')
    await at(0).fail('now', true)
    room.free = 10
    await clock.advance('200ms')
    expect(polls.map(({ request }) => request.max)).toEqual([5, 10])
  })

  test('has stalled for as long as there has been room since a poll last began or ended, or since it was started', async () => {
    const { clock, receiver, polls, room, at } = receiverRig({ meanHandlerTime: () => 500 })
    receiver.start()
    await clock.advance('20s')
    const failed = clock.now()
    await at(0).fail('later')
    while (polls.length === 1) {
      expect(receiver.stalledFor).toBe(clock.now() - failed)
      await clock.advance('10ms')
    }
    receiver.pause()
    await at(1).answer(0)
    await clock.advance('1h')
    expect(receiver.stalledFor).toBe(0)
    room.free = 3
    receiver.start()
    await clock.advance('10ms')
    expect({ polls: polls.length, stalledFor: receiver.stalledFor }).toEqual({ polls: 2, stalledFor: 10 })
  })

  describe('asks a FIFO queue again with the same attempt id', () => {
    const ids = (polls: readonly Poll[]) => polls.map(({ request }) => request.attemptId)

    test('when an answer was lost, until it is answered', async () => {
      const { clock, receiver, polls, at } = receiverRig({ fifo: true })
      receiver.start()
      await at(0).fail('now', true)
      await clock.advance('200ms')
      await at(1).fail('now', false)
      await clock.advance('400ms')
      await at(2).answer(1)
      await clock.advance('1ms')
      const [first, ...later] = ids(polls)
      expect(later).toEqual([first, first, expect.not.stringMatching(first ?? '')])
    })

    test('but not after a call that did not reach SQS', async () => {
      const { clock, receiver, polls, at } = receiverRig({ fifo: true })
      receiver.start()
      await at(0).fail('now', false)
      await clock.advance('200ms')
      expect(new Set(ids(polls)).size).toBe(2)
    })

    test('and the same maximum, or with a new one when there is room for fewer', async () => {
      const { clock, receiver, polls, room, at } = receiverRig({ fifo: true })
      room.free = 5
      receiver.start()
      await clock.advance('1ms')
      await at(0).fail('now', true)
      room.free = 2
      await clock.advance('201ms')
      await at(1).answer(2)
      room.free = 10
      receiver.poke()
      expect(polls.map(({ request }) => request.max)).toEqual([5, 2, 5])
      expect(ids(polls)).toEqual([at(0).request.attemptId, expect.anything(), at(0).request.attemptId])
      expect(at(1).request.attemptId).not.toBe(at(0).request.attemptId)
    })

    test('only while its messages are hidden: then others may have them', async () => {
      const { clock, receiver, polls, room, at } = receiverRig({ fifo: true })
      receiver.start()
      await at(0).fail('now', true)
      room.free = 0
      await clock.advance('30s')
      room.free = 10
      receiver.poke()
      expect(new Set(ids(polls)).size).toBe(2)
    })

    test('and goes on at once with a new one when SQS refuses it', async () => {
      const { clock, receiver, polls, lines, at } = receiverRig({ fifo: true })
      receiver.start()
      await at(0).fail('now', true)
      await clock.advance('200ms')
      const logged = lines.length
      await at(1).refuse()
      expect(polls).toHaveLength(3)
      expect(at(2).request.attemptId).not.toBe(at(1).request.attemptId)
      expect(lines).toHaveLength(logged)
    })
  })

  test('stops when its open poll has ended, which abort cuts short, and leaves no timer', async () => {
    const { clock, receiver, polls } = receiverRig()
    receiver.start()
    await clock.advance('1s')
    let stopped = false
    const stopping = receiver.stop().then(() => (stopped = true))
    await clock.advance('5s')
    expect(stopped).toBe(false)
    receiver.abort()
    await stopping
    await clock.advance('1s')
    expect(polls).toHaveLength(1)
    expect(clock.timers).toBe(0)
  })

  test('stops at once while it backs off', async () => {
    const { clock, receiver, at } = receiverRig()
    receiver.start()
    await at(0).fail('later')
    await receiver.stop()
    expect({ now: clock.now(), timers: clock.timers }).toEqual({ now: 0, timers: 0 })
  })

  test('takes a poll that is cut for no failure', async () => {
    const faults: Error[] = []
    const { clock, receiver, lines } = receiverRig({ onFault: (error) => void faults.push(error) })
    receiver.start()
    await clock.advance('1s')
    receiver.abort()
    await receiver.stop()
    expect({ faults, lines }).toEqual({ faults: [], lines: [] })
  })
})
