import { type Clock, sleep } from '@waybill/core'
import { ProvisionError } from './provision-error.ts'

/** SQS: changed attributes, and the name of a deleted queue, take up to 60 s. */
const LIMIT = 60_000
const PAUSE = 1_000

/** Asks each second until there is an answer. Throws a {@link ProvisionError} when there is none after 60 s. */
export async function poll<Value>(clock: Clock, what: string, ask: () => Promise<Value | undefined>): Promise<Value> {
  const end = clock.now() + LIMIT
  for (;;) {
    const value = await ask()
    if (value !== undefined) return value
    if (clock.now() >= end)
      throw new ProvisionError('not-in-effect', `${what}, still after ${LIMIT / 1_000} s. Apply again.`)
    await sleep(clock, PAUSE)
  }
}
