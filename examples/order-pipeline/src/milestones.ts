import { queueNames } from './contracts.ts'
import type { Progress } from './progress.ts'
import { left } from './queues.ts'
import type { State } from './watch.ts'

/** Milliseconds without any event after which empty queues are believed, and full ones are given up. */
const QUIET = 10_000
const STUCK = 60_000

/** Each queue has a worker. */
export function isReady({ progress }: State): boolean {
  return queueNames.every((name) => progress.queues[name].running.size > 0)
}

/** Nothing is left to do, or nothing has happened for a minute. */
export function isFinished({ depths, progress }: State): boolean {
  if (progress.publishing) return false
  if (Object.values(left(depths)).some((count) => count > 0)) return quiet(progress) > STUCK
  return quiet(progress) > QUIET || isAccountedFor({ depths, progress })
}

/** SNS has delivered all that it accepted: it is handled, dead or in its queue. What has not come soon never will. */
export function isAccountedFor({ depths, progress }: State): boolean {
  const there = left(depths)
  const arrived = queueNames.every((name) => {
    const { done, sent } = progress.queues[name]
    return done.size + depths[name].dead + there[name] >= sent
  })
  return arrived || quiet(progress) > STUCK / 2
}

function quiet({ lastAt }: Progress): number {
  return Date.now() - lastAt
}
