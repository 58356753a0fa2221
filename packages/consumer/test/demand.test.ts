import { describe, expect, test } from 'vitest'
import { Demand, type DemandOptions } from '../src/demand.ts'

const demandOf = (options: Partial<DemandOptions> = {}) =>
  new Demand({ capacity: 1_000, maxPolls: 5, free: () => 1_000, meanHandlerTime: () => 0, ...options })

/** Opens as many polls as it allows, ends them again, and tells how many those were. */
function width(demand: Demand): number {
  let polls = 0
  while (demand.decide(0).kind === 'poll') {
    demand.opened(10)
    polls++
  }
  for (let n = 0; n < polls; n++) demand.closed(10)
  return polls
}

/** A demand that full answers have made five polls wide. */
function wide(): Demand {
  const demand = demandOf()
  for (let n = 0; n < 6; n++) demand.answered(10, 10)
  expect(width(demand)).toBe(5)
  return demand
}

describe('how many polls are open at once', () => {
  test('is one fewer after two answers in a row of under half of what was asked for', () => {
    const demand = wide()
    demand.answered(4, 10)
    expect(width(demand)).toBe(5)
    demand.answered(4, 10)
    expect(width(demand)).toBe(4)
  })

  test('stays after answers of half: SQS may return fewer than it has', () => {
    const demand = wide()
    for (let n = 0; n < 5; n++) demand.answered(5, 10)
    expect(width(demand)).toBe(5)
  })

  test('stays when a better answer comes between two lean ones', () => {
    const demand = wide()
    for (const got of [4, 5, 4, 6, 1]) demand.answered(got, 10)
    expect(width(demand)).toBe(5)
  })

  test('is one in an outage, and grows again from there', () => {
    const demand = wide()
    demand.narrow()
    expect(width(demand)).toBe(1)
    demand.answered(10, 10)
    expect(width(demand)).toBe(2)
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
