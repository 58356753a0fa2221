import type { History } from '../history.ts'

/** What was handled more than once, and by which right. */
export function repeats({ again, inFlight, killed, wrong }: History): string {
  const kills =
    killed.length === 0
      ? ''
      : `; ${again.size} again, of ${Number.isFinite(inFlight) ? inFlight : 'those'} in flight at the kill of ${killed.map(({ worker }) => worker).join(', ')}`
  return `${kills}${wrong.size > 0 ? `; ${wrong.size} that must not have been: ${some(Array.from(wrong, ({ order }) => order))}` : ''}`
}

/** A few of many. */
export function some(texts: readonly string[]): string {
  return texts.length <= 3 ? texts.join(', ') : `${texts.slice(0, 3).join(', ')} and ${texts.length - 3} more`
}
