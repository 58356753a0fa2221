import type { HeldDelivery } from './held-delivery.ts'
import type { Lane } from './lane.ts'
import { type Next, NEXT, type Turn } from './turn.ts'

/**
 * The turn of the lane's next delivery, and of those behind it that gather for the same batch, at most `most`. Resolves when
 * all have ended, with how many of them are done with, and what comes next.
 */
export async function takeTurns(
  lane: Lane,
  at: number,
  most: number,
  process: (turn: Turn) => Promise<Next>,
  joins: (held: HeldDelivery, before: HeldDelivery) => boolean,
): Promise<{ readonly done: number; readonly next: Next }> {
  const turns: Promise<Next>[] = []
  for (let held = lane.deliveries[at]; held;) {
    lane.begun = at + turns.length + 1
    const follower = turns.length + 1 < most ? lane.deliveries[lane.begun] : undefined
    const before = turns.at(-1)
    if (!follower || !joins(follower, held)) {
      turns.push(process({ lane, held, before, onGathered: undefined }))
      break
    }
    const gathered = Promise.withResolvers<'gathered'>()
    const turn = process({ lane, held, before, onGathered: () => gathered.resolve('gathered') })
    turns.push(turn)
    // Otherwise it has ended: what comes of it decides about those behind it.
    if ((await Promise.race([turn, gathered.promise])) !== 'gathered') break
    held = follower
  }
  const nexts = await Promise.all(turns)
  const done = nexts.findIndex((next) => next.kind !== 'next')
  return done < 0 ? { done: nexts.length, next: NEXT } : { done, next: nexts[done] ?? NEXT }
}
