import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Room } from '../src/room.ts'

const MAX = { maxHeldCount: 3, maxHeldBytes: 20 }

/** Some ask for room, some who are in leave, some give up waiting. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), bytes: fc.integer({ min: 1, max: 25 }) }),
  fc.record({ kind: fc.constantFrom('leave' as const, 'give up' as const), which: fc.nat(5) }),
)

async function play(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
  const room = new Room(MAX)
  const waiting: { readonly id: number; readonly bytes: number; readonly controller: AbortController }[] = []
  const inside: { readonly id: number; readonly bytes: number }[] = []
  const order: number[] = []
  const fullest = { count: 0, bytes: 0 }
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  for (const [id, given] of steps.entries()) {
    if (given.kind === 'ask') {
      const asking = { id, bytes: given.bytes, controller: new AbortController() }
      waiting.push(asking)
      void room.enter(given.bytes, asking.controller.signal).then((entered) => {
        waiting.splice(waiting.indexOf(asking), 1)
        if (!entered) return
        inside.push(asking)
        order.push(id)
      })
    } else if (given.kind === 'leave') {
      for (const { bytes } of inside.splice(given.which, 1)) room.leave(bytes)
    } else waiting[given.which]?.controller.abort()
    await turn()
    if (inside.length > 1) {
      fullest.count = Math.max(fullest.count, inside.length)
      fullest.bytes = Math.max(
        fullest.bytes,
        inside.reduce((sum, { bytes }) => sum + bytes, 0),
      )
    }
  }
  while (inside.length > 0) {
    for (const { bytes } of inside.splice(0, 1)) room.leave(bytes)
    await turn()
  }
  return { order, fullest, waiting: waiting.length }
}

test('whoever asks is let in, in the order they came, and no more than the room holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { order, fullest, waiting } = await play(steps)
      expect(order).toEqual(order.toSorted((a, b) => a - b))
      expect(fullest.count).toBeLessThanOrEqual(MAX.maxHeldCount)
      expect(fullest.bytes).toBeLessThanOrEqual(MAX.maxHeldBytes)
      expect(waiting).toBe(0)
    }),
    { numRuns: 200 },
  )
})
