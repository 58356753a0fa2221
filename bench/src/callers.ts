import { setTimeout as delay } from 'node:timers/promises'
import type { Body } from './contracts/body.ts'
import type { Sender } from './peers/peer.ts'

interface Calls {
  readonly callers: number
  /** How many of them send together. Default: each for itself. */
  readonly together?: number | undefined
  /** Messages, of all callers. */
  readonly total: number
  /** Message `n`. */
  readonly make: (n: number) => Body
  /** Of each caller before its next, in milliseconds. Default: none. */
  readonly pause?: number
  /** Message `n` is sent. What a caller also waits for before its next, if there is something. */
  readonly sent: (n: number) => Promise<void> | undefined
}

/** Callers side by side, each of which awaits its send before its next. */
export async function call(
  sender: Sender,
  { callers, together = 1, total, make, pause = 0, sent }: Calls,
): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < total) {
      const first = next
      const bodies = [make(next++)]
      while (bodies.length < together && next < total) bodies.push(make(next++))
      // One after the other: it costs less than waiting for all of them, and one that fails ends the process.
      for (const sending of sender.send(bodies)) await sending
      for (let n = first; n < first + bodies.length; n++) {
        const more = sent(n)
        if (more) await more
      }
      if (pause > 0) await delay(pause)
    }
  }
  await Promise.all(Array.from({ length: callers / together }, caller))
}
