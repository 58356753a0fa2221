import { describe, expect, test } from 'vitest'
import { Demand, type DemandOptions } from '../src/demand.ts'

const demandOf = (options: Partial<DemandOptions> = {}) =>
  new Demand({ capacity: 1_000, maxPolls: 5, free: () => 1_000, meanHandlerTime: () => 0, ...options })

/** Opens as many polls as it allows, ends them again, and tells how many those were. */
function width(demand: Demand): number {
  let polls = 0
  while (demand.decide(0).kind === 'poll') {
    demand.opened(10, 0)
    polls++
  }
  for (let n = 0; n < polls; n++) demand.closed(10)
  return polls
}

/** A demand that full answers have made five polls wide. */
function wide(): Demand {
  const demand = demandOf()
  for (let n = 0; n < 6; n++) demand.answered(10, 10, 1)
  expect(width(demand)).toBe(5)
  return demand
}

describe('how many polls are open at once', () => {
  test('is one fewer after each empty answer', () => {
    const demand = wide()
    for (let n = 0; n < 5; n++) demand.opened(10, 0)
    demand.answered(0, 10, 20_000)
    for (let n = 0; n < 5; n++) demand.closed(10)
    expect(width(demand)).toBe(4)
  })

  test('is one fewer after two answers in a row of under half of what was asked for', () => {
    const demand = wide()
    demand.answered(4, 10, 1)
    expect(width(demand)).toBe(5)
    demand.answered(4, 10, 1)
    expect(width(demand)).toBe(4)
  })

  test('is one fewer after each further one of those, and never none', () => {
    const demand = wide()
    const widths = [1, 2, 3, 4, 5, 6].map(() => {
      demand.answered(4, 10, 1)
      return width(demand)
    })
    expect(widths).toEqual([5, 4, 3, 2, 1, 1])
  })

  test('is one more only after a full answer', () => {
    const demand = demandOf()
    for (const got of [5, 9]) demand.answered(got, 10, 1)
    expect(width(demand)).toBe(1)
    demand.answered(10, 10, 1)
    expect(width(demand)).toBe(2)
  })

  test('stays after answers of half: SQS may return fewer than it has', () => {
    const demand = wide()
    for (let n = 0; n < 5; n++) demand.answered(5, 10, 1)
    expect(width(demand)).toBe(5)
  })

  test('stays when a better answer comes between two lean ones', () => {
    const demand = wide()
    for (const got of [4, 5, 4, 6, 1]) demand.answered(got, 10, 1)
    expect(width(demand)).toBe(5)
  })

  test('is one in an outage, and grows again from there', () => {
    const demand = wide()
    demand.narrow()
    expect(width(demand)).toBe(1)
    demand.answered(10, 10, 1)
    expect(width(demand)).toBe(2)
  })
})

describe('when slow handlers fill all slots, and end together', () => {
  /** Five polls wide, full answers take 1 ms, and all slots are filled until `free` says otherwise. */
  function filled(handlerTime: number) {
    const slots = { free: 1_000 }
    const demand = demandOf({ free: () => slots.free, meanHandlerTime: () => handlerTime })
    for (let n = 0; n < 6; n++) {
      demand.opened(10, 0)
      demand.answered(10, 10, 1)
      demand.closed(10)
    }
    slots.free = 0
    expect(demand.decide(0)).toEqual({ kind: 'no-room' })
    slots.free = 1_000
    /** How many polls leave at the time `now`, beside those that are open. */
    const leaving = (now: number) => {
      const before = demand.open
      while (demand.decide(now).kind === 'poll') demand.opened(10, now)
      return demand.open - before
    }
    return { demand, slots, leaving }
  }

  test('one poll goes ahead, and the others follow when its answer is full, twice as many each time', () => {
    const { demand, leaving } = filled(100)
    expect(leaving(10)).toBe(1)
    demand.answered(10, 10, 1)
    demand.closed(10)
    expect(leaving(11)).toBe(2)
    demand.answered(10, 10, 1)
    demand.closed(10)
    expect(leaving(12)).toBe(3)
  })

  test('half an answer is enough for that: SQS may return fewer than it has', () => {
    const { demand, leaving } = filled(100)
    expect(leaving(10)).toBe(1)
    demand.answered(5, 10, 1)
    demand.closed(10)
    expect(leaving(11)).toBe(2)
  })

  test('all go at once while nothing is known of how long answers take', () => {
    const demand = demandOf({ meanHandlerTime: () => 100 })
    for (let n = 0; n < 6; n++) demand.answered(10, 10, 0)
    expect(width(demand)).toBe(5)
  })

  test('no other follows to an empty queue', () => {
    const { demand, leaving } = filled(100)
    expect(leaving(10)).toBe(1)
    expect(leaving(500)).toBe(0)
    demand.answered(3, 10, 800)
    demand.closed(10)
    expect(leaving(810)).toBe(1)
  })

  test('one more follows after a second, should the first have lost its connection, the next after twice as long', () => {
    const { demand, leaving } = filled(100)
    expect(leaving(10)).toBe(1)
    expect(demand.decide(500)).toEqual({ kind: 'later', at: 1_010 })
    expect(leaving(1_010)).toBe(1)
    expect(demand.decide(1_010)).toEqual({ kind: 'later', at: 3_010 })
    expect(leaving(3_010)).toBe(1)
    expect(leaving(7_000)).toBe(0)
    expect(leaving(7_010)).toBe(1)
  })

  test('none waits longer than 16 s for that', () => {
    const wider = demandOf({ maxPolls: 10, meanHandlerTime: () => 100 })
    for (let n = 0; n < 10; n++) wider.answered(10, 10, 1)
    wider.opened(10, 0)
    const left: number[] = []
    for (let now = 1_000; left.length < 6; now += 1_000) {
      if (wider.decide(now).kind !== 'poll') continue
      wider.opened(10, now)
      left.push(now)
    }
    expect(left).toEqual([1_000, 3_000, 7_000, 15_000, 31_000, 47_000])
  })

  test('another follows a second after the first of those that are open has left, whenever the others did', () => {
    const { demand, slots, leaving } = filled(100)
    expect(leaving(10)).toBe(1)
    demand.answered(10, 10, 1)
    demand.closed(10)
    slots.free = 10
    expect(leaving(11)).toBe(1)
    slots.free = 1_000
    expect(leaving(900)).toBe(1)
    expect(demand.decide(900)).toEqual({ kind: 'later', at: 1_011 })
  })

  test('none goes ahead of the others again while a poll is open, though the slots were filled meanwhile', () => {
    const { demand, slots, leaving } = filled(100)
    expect(leaving(10)).toBe(1)
    demand.answered(10, 10, 1)
    demand.closed(10)
    slots.free = 20
    expect(leaving(11)).toBe(2)
    expect(demand.decide(12)).toEqual({ kind: 'no-room' })
    demand.answered(3, 10, 1)
    demand.closed(10)
    expect(leaving(13)).toBe(1)
  })

  test('the first of two that is empty leaves one', () => {
    const { demand, leaving } = filled(100)
    expect([leaving(10), leaving(1_010)]).toEqual([1, 1])
    demand.answered(0, 10, 20_000)
    demand.closed(10)
    expect(leaving(20_010)).toBe(0)
    demand.answered(0, 10, 20_000)
    demand.closed(10)
    expect(leaving(21_010)).toBe(1)
  })

  test('an empty answer at once leaves all that may be open but one', () => {
    const { demand, leaving } = filled(20)
    demand.opened(10, 0)
    demand.answered(0, 10, 1)
    demand.closed(10)
    expect(leaving(10)).toBe(4)
  })

  test('all go at once where a round trip would cost a handler of that length more than a twentieth', () => {
    expect(filled(20).leaving(10)).toBe(5)
    expect(filled(21).leaving(10)).toBe(1)
  })

  test('a long answer makes the time that answers take no more than twice as long', () => {
    const afterALongOne = (handlerTime: number) => {
      const { demand, slots, leaving } = filled(handlerTime)
      demand.opened(10, 0)
      demand.answered(10, 10, 15_000)
      demand.closed(10)
      slots.free = 0
      demand.decide(15_000)
      slots.free = 1_000
      return leaving(15_001)
    }
    expect([afterALongOne(40), afterALongOne(41)]).toEqual([5, 1])
  })
})

describe('when few slots are free', () => {
  test('a poll waits for more of them no longer than 50 ms, however slow the handlers are', () => {
    const demand = demandOf({ free: () => 3, meanHandlerTime: () => 60_000 })
    expect(demand.decide(100)).toEqual({ kind: 'later', at: 150 })
    expect(demand.decide(150)).toEqual({ kind: 'poll', max: 3 })
  })

  test('a poll waits for a millisecond at least: handlers that take no time end one after another too', () => {
    let free = 1
    const demand = demandOf({ capacity: 10, free: () => free, meanHandlerTime: () => 0.02 })
    expect(demand.decide(0)).toEqual({ kind: 'later', at: 1 })
    free = 9
    expect(demand.decide(0.9)).toEqual({ kind: 'later', at: 1 })
    free = 10
    expect(demand.decide(0.9)).toEqual({ kind: 'poll', max: 10 })
  })

  test('each poll waits for itself', () => {
    const demand = demandOf({ free: () => 3, meanHandlerTime: () => 200 })
    expect(demand.decide(0)).toEqual({ kind: 'later', at: 20 })
    expect(demand.decide(20)).toEqual({ kind: 'poll', max: 3 })
    expect(demand.decide(1_000)).toEqual({ kind: 'later', at: 1_020 })
  })
})
