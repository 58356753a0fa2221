import { sleep } from '@waybill/core'
import { memoryStore } from '@waybill/consumer'
import { VirtualClock } from '@waybill/testing'
import { expect, test } from 'vitest'
import { Claims } from '../src/claims.ts'
import { HeldDelivery } from '../src/held-delivery.ts'
import { received } from './support/lease-rig.ts'

/** The claims of one consumer, which hold for 30 s, and when its store was asked to begin. */
function claimsRig(beginTakes = 0) {
  const clock = new VirtualClock()
  const store = memoryStore({ clock })
  const begun: number[] = []
  let failures = 0
  const claims = new Claims({
    clock,
    store: {
      ...store,
      async begin(...args) {
        begun.push(clock.now())
        if (failures-- > 0) throw new Error('a blip')
        if (beginTakes > 0) await sleep(clock, beginTakes)
        return store.begin(...args)
      },
    },
    key: ({ id }) => id,
    keep: 3_600_000,
    claim: 30_000,
    queueName: 'jobs',
    owner: 'this',
    onFault: () => {},
    onAnswer: () => {},
    onRoom: () => {},
    onBug(error) {
      throw error
    },
  })
  const held = new HeldDelivery(received('h0'), 0, 30_000)
  const begin = () => claims.begin(held, { type: 'job', id: 'id-0' } as Parameters<Claims['begin']>[1])
  const fail = (times: number) => void (failures = times)
  const slow = (ms: number) => void (beginTakes = ms)
  return { begin, begun, claims, clock, fail, held, slow, store }
}

test('a claim is renewed each time that half of it is over', async () => {
  const { begin, begun, clock } = claimsRig()
  await begin()
  await clock.advance('1m')
  expect(begun).toEqual([0, 15_000, 30_000, 45_000, 60_000])
})

test('a renewal that fails is made again soon: a claim has no second half to wait for', async () => {
  const { begin, begun, clock, fail } = claimsRig()
  await begin()
  fail(1)
  await clock.advance('20s')
  expect(begun).toEqual([0, 15_000, 16_875])
})

test('a renewal that comes too late for its claim is taken back', async () => {
  const { begin, claims, clock, held, slow, store } = claimsRig()
  await begin()
  slow(20_000)
  await clock.advance('23s')
  await claims.release(held)
  await clock.advance('20s')
  expect(await store.begin('jobs/job/id-0', 'another', 1)).toBe('begun')
})

test('who has begun asks anew at the next attempt: one failure then is no refusal of the key', async () => {
  const { begin, claims, clock, fail, held, store } = claimsRig()
  await store.begin('jobs/job/id-0', 'another', 60_000)
  for (let n = 0; n < 8; n++) {
    expect(await begin()).toBe('in-progress')
    await clock.advance('1s')
  }
  await store.release('jobs/job/id-0', 'another')
  expect(await begin()).toBe('begun')
  await claims.release(held)
  fail(1)
  expect(await begin()).toBe('unknown')
})

test('a claim that has ended leaves no timer', async () => {
  const { begin, claims, clock, held } = claimsRig()
  await begin()
  await claims.release(held)
  expect(clock.timers).toBe(0)
})

test('what is handled is remembered for as long as it is to be kept', async () => {
  const { begin, claims, clock, held, store } = claimsRig()
  await begin()
  await claims.finish(held)
  await clock.advance('59m')
  expect(await store.begin('jobs/job/id-0', 'another', 1)).toBe('done')
  await clock.advance('1m')
  expect(await store.begin('jobs/job/id-0', 'another', 1)).toBe('begun')
})

test('a stop waits for the renewal under way, and there is none after it', async () => {
  const { begin, begun, claims, clock } = claimsRig(1_000)
  await clock.until(begin())
  await clock.advance('14s')
  let stopped: number | undefined
  void claims.stop().then(() => (stopped = clock.now()))
  await clock.advance('1m')
  expect({ begun, stopped, timers: clock.timers }).toEqual({ begun: [0, 15_000], stopped: 16_000, timers: 0 })
})

test('an answer that comes after the stop renews nothing that was left behind', async () => {
  const { begin, begun, claims, clock } = claimsRig()
  await begin()
  await claims.stop()
  const other = new HeldDelivery(received('h1'), 0, 30_000)
  await claims.begin(other, { type: 'job', id: 'id-1' } as Parameters<Claims['begin']>[1])
  await claims.release(other)
  await clock.advance('5m')
  expect({ begun, timers: clock.timers }).toEqual({ begun: [0, 0], timers: 0 })
})
