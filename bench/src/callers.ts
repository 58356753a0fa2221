import { setTimeout as delay } from 'node:timers/promises'
import type { Body } from './contracts/body.ts'
import type { Contract } from './contracts/index.ts'
import type { Sender } from './peers/peer.ts'

interface Calls {
  readonly callers: number
  /** How many of them send together. Default: each for itself. */
  readonly together?: number | undefined
  /** Messages, of all callers. */
  readonly total: number
  /** Of each caller before its next, in milliseconds. Default: none. */
  readonly pause?: number
  /** What a caller also waits for before its next, message `n` being sent. */
  readonly sent: (n: number) => Promise<void> | void
}

/** Callers side by side, each of which awaits its send before its next. */
export async function call(
  sender: Sender,
  contract: Contract,
  { callers, together = 1, total, pause = 0, sent }: Calls,
): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < total) {
      const bodies: Body[] = []
      while (bodies.length < together && next < total) bodies.push(contract.make(next++, 0))
      // One after the other: it costs less than waiting for all of them, and one that fails ends the process.
      for (const sending of sender.send(bodies)) await sending
      for (const { n } of bodies) await sent(n)
      if (pause > 0) await delay(pause)
    }
  }
  await Promise.all(Array.from({ length: callers / together }, caller))
}
