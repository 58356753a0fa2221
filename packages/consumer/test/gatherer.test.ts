import { expect, test } from 'vitest'
import { VirtualClock } from '@waybill/testing'
import { Gatherer } from '../src/gatherer.ts'

function gathererRig() {
  const clock = new VirtualClock()
  const batches: { readonly at: number; readonly items: readonly string[] }[] = []
  const gatherer = new Gatherer<string, string>(clock, 2, 1_000, async (items) => {
    batches.push({ at: clock.now(), items })
    return items.map((item) => `${item}!`)
  })
  return { batches, clock, gatherer }
}

test('a batch closes when it is full, or its time after its own first item', async () => {
  const { batches, clock, gatherer } = gathererRig()
  const results = [gatherer.add('a'), gatherer.add('b')]
  await clock.advance('500ms')
  results.push(gatherer.add('c'))
  await clock.advance('1s')
  expect(batches).toEqual([
    { at: 0, items: ['a', 'b'] },
    { at: 1_500, items: ['c'] },
  ])
  expect(await Promise.all(results)).toEqual(['a!', 'b!', 'c!'])
  expect(clock.timers).toBe(0)
})

test('once closed it gathers no more: each item runs as it comes', async () => {
  const { batches, clock, gatherer } = gathererRig()
  void gatherer.add('a')
  gatherer.close()
  void gatherer.add('b')
  await clock.advance('0ms')
  expect(batches.map(({ items }) => items)).toEqual([['a'], ['b']])
  expect(clock.timers).toBe(0)
})
