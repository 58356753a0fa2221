import { setTimeout as delay } from 'node:timers/promises'
import type { Contract } from './contracts/index.ts'
import type { Sender } from './peers/peer.ts'

interface Calls {
  readonly callers: number
  /** Messages, of all callers. */
  readonly total: number
  /** Of each caller before its next, in milliseconds. Default: none. */
  readonly pause?: number
  /** What a caller also waits for before its next, message `n` being sent. */
  readonly sent: (n: number) => Promise<void> | void
}

/** Callers side by side, each of which awaits its own send before its next. */
export async function call(
  sender: Sender,
  contract: Contract,
  { callers, total, pause = 0, sent }: Calls,
): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < total) {
      const n = next++
      await Promise.all(sender.send([contract.make(n, 0)]))
      await sent(n)
      if (pause > 0) await delay(pause)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
}
