import type { Figures } from '../figures.ts'
import type { Options } from './scenario.ts'

/** Runs all of all rounds at the same time: for what hardly works. Returns what gives the outcomes, one by one. */
export async function atOnce<Name>(
  names: readonly Name[],
  { rounds }: Options,
  run: (name: Name) => Promise<Figures>,
): Promise<(name: Name) => Promise<Figures>> {
  const outcomes = new Map<Name, Figures[]>()
  const each = async (name: Name) =>
    void outcomes.set(name, await Promise.all(Array.from({ length: rounds }, () => run(name))))
  await Promise.all(names.map(each))
  return async (name) => outcomes.get(name)?.shift() ?? {}
}
