import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Added, play, scenario } from './support/batcher-scenario.ts'

const addedAt = (item: Added) => item.addedAt ?? Infinity

/** Holds at the end of any scenario. */
const always = (check: (played: Awaited<ReturnType<typeof play>>) => void) =>
  fc.assert(
    fc.asyncProperty(scenario, async (given) => check(await play(given))),
    { numRuns: 150 },
  )

test('every item settles exactly once, with its own answer, and nothing is left running', () =>
  always(({ added, batcher, clock, ended, settled }) => {
    expect(settled.map(({ item }) => item.id).toSorted((a, b) => a - b)).toEqual(added.map(({ id }) => id))
    expect(settled.filter(({ item, outcome }) => !(outcome instanceof Error) && outcome !== item.id)).toEqual([])
    expect({ open: batcher.size, timers: clock.timers, ended }).toEqual({ open: 0, timers: 0, ended: true })
  }))

test('no call is over maxCount or maxBytes, nor are more than maxInFlight under way', () =>
  always(({ calls, limits, mostInFlight }) => {
    const bytes = (call: (typeof calls)[number]) => call.items.reduce((sum, item) => sum + item.bytes, 0)
    expect(calls.filter(({ items }) => items.length > limits.maxCount)).toEqual([])
    expect(calls.filter((call) => call.items.length > 1 && bytes(call) > limits.maxBytes)).toEqual([])
    expect(mostInFlight).toBeLessThanOrEqual(limits.maxInFlight)
  }))

test('no attempt starts after its deadline, nor after the window of an unknown outcome', () =>
  always(({ late }) => {
    expect(late).toEqual([])
  }))

test('of items that ask for room, no more are held than there is room for', () =>
  always(({ overfull }) => {
    expect(overfull).toEqual([])
  }))

test('the items of a key are sent in order, and no call with one overlaps another', () =>
  always(({ calls }) => {
    const sent = calls.flatMap((call) => call.items.map((item) => ({ call, item })))
    for (const key of ['k', 'l']) {
      const lane = sent.filter(({ item }) => item.key === key)
      const wrong = lane.slice(1).filter(({ call, item }, index) => {
        const before = lane[index]
        return before && (addedAt(item) < addedAt(before.item) || call.started < before.call.ended)
      })
      expect(wrong).toEqual([])
    }
  }))

test('an item that rejects takes along those of its key that were added before then', () =>
  always(({ added, settled }) => {
    const rejections = settled.filter(({ outcome }) => outcome instanceof Error)
    const rejected = new Set(rejections.map(({ item }) => item))
    for (const { item, moment, time } of rejections.filter(({ item: { key } }) => key !== undefined)) {
      // one that the rejection itself makes room for is added before anybody is told
      const isBefore = (other: Added) => addedAt(other) < moment && (!other.inTurn || other.addedTime < time)
      const followers = added.filter(
        (other) => other.key === item.key && addedAt(other) > addedAt(item) && isBefore(other),
      )
      expect(followers.filter((follower) => !rejected.has(follower))).toEqual([])
    }
  }))

test('items without a key make their first attempt in the order they were added', () =>
  always(({ calls }) => {
    const attempted = calls.flatMap(({ items }) => items).filter(({ key }) => key === undefined)
    const moments = Array.from(new Set(attempted), addedAt)
    expect(moments).toEqual(moments.toSorted((a, b) => a - b))
  }))
