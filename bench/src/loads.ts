import { setImmediate, setTimeout as delay } from 'node:timers/promises'

/** How messages come to a producer. */
export interface Load {
  /** As the tables show it. */
  readonly title: string
  /** Messages that come together: they are sent in one turn of the event loop. */
  readonly atHand: number
  /** How often so many come: first to warm up, then timed. */
  readonly warmUp: number
  readonly times: number
  /** In milliseconds: a `pause` after all are sent, or one arrival `every` so often, whatever became of those before. */
  readonly pace: { readonly pause: number } | { readonly every: number }
}

export const loads = {
  burst: { title: '1,000 at once, again and again', atHand: 1_000, warmUp: 5, times: 20, pace: { pause: 0 } },
  lone: { title: 'one, then a pause of 20 ms', atHand: 1, warmUp: 100, times: 200, pace: { pause: 20 } },
  steady: { title: 'one every millisecond', atHand: 1, warmUp: 2_000, times: 5_000, pace: { every: 1 } },
  loop: { title: 'one after another', atHand: 1, warmUp: 100, times: 400, pace: { pause: 0 } },
} satisfies Record<string, Load>

export type LoadName = keyof typeof loads

/** Calls `send` for each arrival, with when it came on `performance.now()`. Resolves when all is sent. */
export async function play({ pace }: Load, times: number, send: (came: number) => Promise<void>): Promise<void> {
  return 'pause' in pace ? closedLoop(pace.pause, times, send) : openLoop(pace.every, times, send)
}

async function closedLoop(pause: number, times: number, send: (came: number) => Promise<void>): Promise<void> {
  for (let n = 0; n < times; n++) {
    await send(performance.now())
    if (pause > 0) await delay(pause)
  }
}

/** What comes while the process is busy has come all the same: it waits since it was due. */
async function openLoop(every: number, times: number, send: (came: number) => Promise<void>): Promise<void> {
  const began = performance.now()
  const sends: Promise<void>[] = []
  for (let n = 0; n < times; n++) {
    const due = began + n * every
    const early = due - performance.now()
    // Each in a turn of its own, even when several are due.
    await (early > 0 ? delay(early) : setImmediate())
    sends.push(send(due))
  }
  await Promise.all(sends)
}
