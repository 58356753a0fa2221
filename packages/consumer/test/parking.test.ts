import { expect, test } from 'vitest'
import { VirtualClock } from '@waybill/testing'
import type { Lane } from '../src/lane.ts'
import { Parking } from '../src/parking.ts'
import { leaseRig } from './support/lease-rig.ts'

/** A parking for ten deliveries, and what came of each wait: what was left of it, and when it ended. */
function parkingRig() {
  const clock = new VirtualClock()
  const parking = new Parking(clock, 10)
  const { lane } = leaseRig()
  const ended: { readonly lane: Lane; readonly at: number; readonly left: number }[] = []
  const wait = (size: number, ms: number): Lane => {
    const own = lane(size)
    void parking.wait(own, ms).then((left) => ended.push({ lane: own, at: clock.now(), left }))
    return own
  }
  return { clock, ended, lane, parking, wait }
}

test('a wait that is waited out leaves nothing, and gives its place back', async () => {
  const { clock, ended, wait } = parkingRig()
  for (let n = 0; n < 5; n++) {
    wait(10, 1_000)
    await clock.advance('1s')
  }
  expect(ended.map(({ left }) => left)).toEqual([0, 0, 0, 0, 0])
})

test('too many deliveries cut the oldest waits short, as few as need be', async () => {
  const { clock, ended, wait } = parkingRig()
  const [one, two] = [wait(4, 10_000), wait(4, 10_000)]
  wait(2, 10_000)
  await clock.advance('1s')
  expect(ended).toEqual([])
  wait(3, 10_000)
  await clock.advance('0ms')
  expect(ended).toEqual([{ lane: one, at: 1_000, left: 9_000 }])
  wait(5, 10_000)
  await clock.advance('0ms')
  expect(ended.at(-1)?.lane).toBe(two)
  expect(ended).toHaveLength(2)
})

test('only what waits counts: what is on its way to be deleted has no lease to keep here', async () => {
  const { parking } = parkingRig()
  const { lane } = leaseRig()
  const own = lane(3)
  const [first] = own.deliveries
  first?.start()
  first?.settle()
  void parking.wait(own, 1_000)
  expect(parking.deliveries).toBe(2)
  parking.leave(own)
  expect(parking.deliveries).toBe(0)
})

test('those that stay are not cut short, whoever else comes; they leave room when they go', async () => {
  const { clock, ended, parking, lane } = parkingRig()
  const [staying, failing] = [lane(8), lane(9)]
  void parking.wait(staying, 5_000, true).then((left) => ended.push({ lane: staying, at: clock.now(), left }))
  expect(parking.room).toBe(2)
  void parking.wait(failing, 5_000)
  const another = lane(9)
  void parking.wait(another, 5_000)
  await clock.advance('1s')
  expect(ended).toEqual([])
  await clock.advance('4s')
  expect(ended).toEqual([{ lane: staying, at: 5_000, left: 0 }])
  expect(parking.room).toBe(10)
})

test('one lane can be called out, once', async () => {
  const { clock, ended, parking, wait } = parkingRig()
  const [one] = [wait(1, 10_000), wait(1, 10_000)]
  await clock.advance('4s')
  expect([parking.leave(one), parking.leave(one)]).toEqual([true, false])
  await clock.advance('0ms')
  expect(ended).toEqual([{ lane: one, at: 4_000, left: 6_000 }])
})

test('once closed, nothing waits any more', async () => {
  const { clock, ended, parking, wait } = parkingRig()
  wait(1, 10_000)
  parking.close()
  wait(1, 7_000)
  await clock.advance('0ms')
  expect(ended.map(({ left }) => left).toSorted((a, b) => a - b)).toEqual([7_000, 10_000])
  expect(clock.timers).toBe(0)
})
