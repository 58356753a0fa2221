import { setImmediate } from 'node:timers/promises'
import type { Account } from './account.ts'

/** What the call brings within two seconds, or `undefined`. */
export const soon = <T>(aws: Account, call: Promise<T>): Promise<T | undefined> =>
  // one more turn of the event loop, for a call that a virtual clock has just ended
  Promise.race([call, aws.pass('2s').then(() => setImmediate(undefined))])
