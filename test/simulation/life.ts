import { type AnyQueue, apply, createProducer, plan } from 'waybill'
import { simulate, type Simulation, VirtualClock } from 'waybill/testing'
import { expect } from 'vitest'
import { jobs, steps } from './contracts.ts'

type Told = string | number

/** What a test lives through. */
interface Life {
  readonly aws: Simulation<VirtualClock>
  /** Stands still unless told. */
  readonly clock: VirtualClock
  /** Keeps something, with the time at which it was told. */
  readonly tell: (what: Told) => void
  readonly sendJobs: (count: number) => Promise<void>
  readonly sendStep: (of: string, n: number) => Promise<void>
  /** Ends early when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** Lives it twice: what is told, and every request, must be the same and at the same times. Gives what was told. */
export async function twice(
  seed: number,
  queues: readonly AnyQueue[],
  live: (life: Life) => Promise<void>,
): Promise<readonly Told[]> {
  const first = await once(seed, queues, live)
  expect(await once(seed, queues, live)).toEqual(first)
  return first.told.map(({ what }) => what)
}

async function once(seed: number, queues: readonly AnyQueue[], live: (life: Life) => Promise<void>) {
  const clock = new VirtualClock({ seed })
  await using aws = simulate({ clock, seed })
  await apply(await plan(aws, queues))
  const told: { readonly at: number; readonly what: Told }[] = []
  const [toJobs, toSteps] = [createProducer(aws, jobs), createProducer(aws, steps)]
  const sendJobs = async (count: number): Promise<void> => {
    const sends = Array.from({ length: count }, (_, n) => toJobs.send('job', { n }))
    await clock.until(Promise.all(sends))
  }
  const sendStep = async (of: string, n: number): Promise<void> =>
    void (await clock.until(toSteps.send('step', { n, of })))
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = clock.after(ms, resolve)
      signal?.addEventListener('abort', () => {
        timer.cancel()
        resolve()
      })
    })
  await live({ aws, clock, sendJobs, sendStep, sleep, tell: (what) => told.push({ at: clock.now(), what }) })
  await clock.until(Promise.all([toJobs.close(), toSteps.close()]))
  // as one text: comparing thousands of objects takes longer than living
  const requests = aws.requests.map(
    ({ action, at, entries, outcome }) => `${at} ${action} ${entries.length} ${outcome}`,
  )
  return { told, requests: requests.join('\n') }
}
