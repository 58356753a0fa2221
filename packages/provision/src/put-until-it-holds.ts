import type { Connection } from '@waybill/sqs'
import type { Attributes } from './change.ts'
import { poll } from './poll.ts'

/** What is to be set, given what a queue has now. Undefined: it has all of it. */
export type Missing = (now: Attributes) => Attributes | undefined

/** Sets what the queue does not have now: others may have changed theirs since the plan. */
export async function put({ admin }: Connection, url: string, missing: Missing): Promise<void> {
  const attributes = missing(await admin.queueAttributes(url))
  if (attributes) await admin.setQueueAttributes(url, attributes)
}

/** How many seconds SQS has to show what was set, before it is set again. */
const PATIENCE = 10

/** Waits until the queue shows it. What others set at the same time may have swept it away: then it is set again. */
export async function untilItHolds(
  { admin, clock }: Connection,
  url: string,
  what: string,
  missing: Missing,
): Promise<void> {
  let asked = 0
  await poll(clock, `${what} is set but does not hold`, async () => {
    const attributes = missing(await admin.queueAttributes(url))
    if (!attributes) return true
    if (++asked % PATIENCE === 0) await admin.setQueueAttributes(url, attributes)
    return undefined
  })
}
