import { afterEach, expect, test, vi } from 'vitest'
import { compare } from '../src/comparison.ts'

vi.spyOn(console, 'error').mockReturnValue()
afterEach(() => void vi.clearAllMocks())

const peers = { a: { title: 'A' }, b: { title: 'B' }, c: { title: 'C' } }
const contest = { variant: '', figures: ['cpu'], peers, names: ['a', 'b', 'c'], baseline: 'a', rounds: 3 } as const

test('every peer has its turn in each round, in an order that a round rotates', async () => {
  const turns: string[] = []
  await compare({ ...contest, run: async (name) => (turns.push(name), { cpu: 1 }) })
  expect(turns.join('')).toBe('abcbcacab')
})

test('of what runs at the same time each round has its own figures, whichever ended first', async () => {
  const runs: PromiseWithResolvers<{ cpu: number }>[] = []
  const comparing = compare({
    ...contest,
    names: ['a'],
    atOnce: 'all',
    run: () => {
      const run = Promise.withResolvers<{ cpu: number }>()
      runs.push(run)
      return run.promise
    },
  })
  for (const round of [2, 0, 1]) runs[round]?.resolve({ cpu: round })
  expect((await comparing).peers).toEqual([{ name: 'a', title: 'A', rounds: [{ cpu: 0 }, { cpu: 1 }, { cpu: 2 }] }])
})
