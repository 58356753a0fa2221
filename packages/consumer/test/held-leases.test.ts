import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeldDelivery } from '../src/held-delivery.ts'
import { HeldLeases } from '../src/held-leases.ts'
import { Lane } from '../src/lane.ts'
import { received } from './support/lease-rig.ts'

/** Of a visibility timeout of 30 s, in milliseconds. */
const SPAN = 300

const heldUntil = (leaseEnds: number) => new HeldDelivery(received('h'), 0, leaseEnds)
const laneOf = (delivery: HeldDelivery) => new Lane('g', false, [delivery])
const endsBy = (leases: HeldLeases, until: () => number) =>
  Array.from(leases.endingBy(until), ({ leaseEnds }) => leaseEnds)

test('those whose leases end by a time are found, however they were held, extended and dropped', () => {
  const end = fc.nat(100_000)
  const step = fc.oneof(
    fc.record({ kind: fc.constant('hold'), end }),
    fc.record({ kind: fc.constant('extend'), end, which: fc.nat() }),
    fc.record({ kind: fc.constant('drop'), end, which: fc.nat() }),
  )
  const property = fc.property(fc.array(step, { maxLength: 60 }), end, (steps, until) => {
    const leases = new HeldLeases(30)
    const all: HeldDelivery[] = []
    const held = new Map<HeldDelivery, Lane>()
    for (const made of steps) {
      const delivery = 'which' in made ? all[made.which % all.length] : heldUntil(made.end)
      if (!delivery) continue
      if (made.kind === 'extend') {
        // What is dropped is extended too, when its call is answered late.
        leases.extend(delivery, made.end)
      } else if (made.kind === 'drop') {
        leases.delete(delivery)
        held.delete(delivery)
      } else {
        const lane = laneOf(delivery)
        leases.add(delivery, lane)
        all.push(delivery)
        held.set(delivery, lane)
      }
    }
    expect(leases.size).toBe(held.size)
    for (const delivery of all) expect(delivery.heldIn).toBe(held.get(delivery))
    const found = new Set(leases.endingBy(() => until))
    const due = [...held.keys()].filter(({ leaseEnds }) => leaseEnds <= until)
    expect(due.every((delivery) => found.has(delivery))).toBe(true)
    for (const { leaseEnds } of found) expect(leaseEnds).toBeLessThan(until + SPAN)
    expect(new Set(leases.endingBy(() => Infinity))).toEqual(new Set(held.keys()))
    leases.clear()
    expect([leases.size, ...leases.endingBy(() => Infinity)]).toEqual([0])
  })
  fc.assert(property)
})

test('those that end first come first, and none of those far behind the time comes at all', () => {
  const leases = new HeldLeases(30)
  for (const end of [45_000, 1_000, 30_000, 2_000]) {
    const delivery = heldUntil(end)
    leases.add(delivery, laneOf(delivery))
  }
  expect(endsBy(leases, () => 30_100)).toEqual([1_000, 2_000, 30_000])
})

test('the time may come closer on the way', () => {
  const leases = new HeldLeases(30)
  for (const end of [1_000, 2_000, 3_000]) {
    const delivery = heldUntil(end)
    leases.add(delivery, laneOf(delivery))
  }
  let until = Infinity
  const seen: number[] = []
  for (const { leaseEnds } of leases.endingBy(() => until)) {
    seen.push(leaseEnds)
    until = 2_000
  }
  expect(seen).toEqual([1_000, 2_000])
})

test('what was dropped or extended leaves nothing to look through', () => {
  const leases = new HeldLeases(30)
  for (let end = 0; end < 30_000; end += 1_000) {
    const delivery = heldUntil(end)
    leases.add(delivery, laneOf(delivery))
    leases.extend(delivery, end + 500)
    leases.delete(delivery)
  }
  let looks = 0
  expect(endsBy(leases, () => (looks++, Infinity))).toEqual([])
  expect(looks).toBe(0)
})
