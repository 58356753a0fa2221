import { memoryStore } from '@waybill/consumer'
import { VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'

describe('the memory store', () => {
  test('lets one owner at a time begin, until it is finished or its time is over', async () => {
    const clock = new VirtualClock()
    const store = memoryStore({ clock })
    expect(await store.begin('k', 'a', 1_000)).toBe('begun')
    expect(await store.begin('k', 'b', 1_000)).toBe('in-progress')
    await clock.advance('900ms')
    expect(await store.begin('k', 'a', 1_000)).toBe('begun')
    await clock.advance('900ms')
    expect(await store.begin('k', 'b', 1_000)).toBe('in-progress')
    await clock.advance('100ms')
    expect(await store.begin('k', 'b', 1_000)).toBe('begun')
  })

  test('remembers what is done for as long as it was told', async () => {
    const clock = new VirtualClock()
    const store = memoryStore({ clock })
    await store.begin('k', 'a', 1_000)
    await store.finish('k', 'a', 60_000)
    await clock.advance('59s')
    expect(await store.begin('k', 'b', 1_000)).toBe('done')
    await clock.advance('1s')
    expect(await store.begin('k', 'b', 1_000)).toBe('begun')
  })

  test('forgets what is released by its owner only', async () => {
    const store = memoryStore()
    await store.begin('k', 'a', 60_000)
    await store.release('k', 'b')
    expect(await store.begin('k', 'b', 1_000)).toBe('in-progress')
    await store.release('k', 'a')
    expect(await store.begin('k', 'b', 1_000)).toBe('begun')
  })

  test('forgets the oldest when it is full', async () => {
    const store = memoryStore({ size: 2 })
    for (const key of ['a', 'b', 'c']) await store.finish(key, 'o', 60_000)
    expect(await store.begin('b', 'o', 1)).toBe('done')
    expect(await store.begin('a', 'o', 1)).toBe('begun')
  })

  test('counts what was begun or finished again as new', async () => {
    const store = memoryStore({ size: 2 })
    for (const key of ['a', 'b', 'a', 'c']) await store.finish(key, 'o', 60_000)
    expect(await store.begin('a', 'o', 1)).toBe('done')
    expect(await store.begin('b', 'o', 1)).toBe('begun')
  })

  test('refuses a size that is none', () => {
    expect(() => memoryStore({ size: 0 })).toThrow('size: 0 is not a whole number from 1 to 10000000')
  })
})
