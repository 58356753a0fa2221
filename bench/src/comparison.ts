import { z } from 'zod'
import { FigureName, Figures } from './figures.ts'
import type { Peer } from './peers/peer.ts'

/** Peers side by side in one situation. */
export const Comparison = z.object({
  /** The situation, where a scenario has several: `concurrency 100`. */
  variant: z.string(),
  /** Shown, in this order. */
  figures: z.array(FigureName),
  /** The name of the peer that ratios are to. */
  baseline: z.string(),
  peers: z.array(z.object({ name: z.string(), title: z.string(), rounds: z.array(Figures) })),
  leftOut: z.array(z.object({ title: z.string(), reason: z.string() })),
})
export type Comparison = z.output<typeof Comparison>
export type Compared = Comparison['peers'][number]

/** Why a peer is left out of a scenario that it can't do, by its title. */
export type LeftOut = Readonly<Record<string, string>>

export interface Contest<Name extends string> {
  readonly variant: string
  readonly figures: readonly FigureName[]
  readonly peers: Readonly<Record<Name, Peer>>
  /** Those that take part, in the order in which they are shown. */
  readonly names: readonly Name[]
  readonly baseline: Name
  readonly leftOut?: LeftOut
  readonly rounds: number
  /** What runs at the same time, where peers hardly work: those of a round, or of all rounds. Default: none. */
  readonly atOnce?: 'round' | 'all'
  readonly run: (name: Name) => Promise<Figures>
}

/** Round by round, every peer once in each, in an order that a round rotates: what disturbs the machine disturbs them all. */
export async function compare<Name extends string>(contest: Contest<Name>): Promise<Comparison> {
  const { variant, figures, peers, names, baseline, leftOut = {}, rounds, atOnce, run } = contest
  const compared = names.map((name) => ({ name, title: peers[name].title, rounds: emptyRounds() }))
  const running: Promise<unknown>[] = []
  for (let round = 0; round < rounds; round++) {
    for (const { name, title, rounds: own } of rotated(compared, round)) {
      console.error(`… ${variant === '' ? '' : `${variant}, `}round ${round + 1} of ${rounds}: ${title}`)
      // at its place: what runs at the same time ends in any order
      const one = run(name).then((measured) => void (own[round] = measured))
      if (atOnce) running.push(one)
      else await one
    }
    if (atOnce === 'round') await Promise.all(running)
  }
  await Promise.all(running)
  return {
    variant,
    figures: [...figures],
    baseline,
    peers: compared,
    leftOut: Object.entries(leftOut).map(([title, reason]) => ({ title, reason })),
  }
}

function emptyRounds(): Figures[] {
  return []
}

function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const at = all.length === 0 ? 0 : by % all.length
  return [...all.slice(at), ...all.slice(0, at)]
}

/** A peer's figure, round by round. Empty where it has none. */
export function valuesOf({ rounds }: Compared, figure: FigureName): readonly number[] {
  return rounds.flatMap((round) => round[figure] ?? [])
}
