import { backoffDelay, type Clock, fullJitter, sleep } from '@waybill/core'
import { type Connection, SqsError, type SqsErrorCode } from '@waybill/sqs'

/** For how long a call is made again, in milliseconds. */
const PATIENCE = 60_000
const BACKOFF = fullJitter(1_000, 10_000)
// other machines may be provisioning at once; SQS takes up to 60 s for a new dead-letter queue and its RedriveAllowPolicy
const PASSING = new Set<SqsErrorCode>(['throttled', 'redrive-refused'])

/**
 * The connection, with calls for queues and topics that are made again for a minute while AWS refuses them for what passes.
 * Each can be repeated.
 */
export function patient(connection: Connection): Connection {
  const { admin, clock } = connection
  return {
    ...connection,
    queue: (declared) => again(clock, () => connection.queue(declared)),
    topic: (declared) => again(clock, () => connection.topic(declared)),
    admin: new Proxy(admin, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...args: readonly unknown[]): Promise<unknown> =>
          again(clock, async () => {
            const answer: unknown = await Reflect.apply(method, target, args)
            return answer
          })
      },
    }),
  }
}

async function again<Value>(clock: Clock, call: () => Promise<Value>): Promise<Value> {
  const end = clock.now() + PATIENCE
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof SqsError && PASSING.has(error.code)) || clock.now() >= end) throw error
      await sleep(
        clock,
        backoffDelay(BACKOFF, attempt, () => clock.random()),
      )
    }
  }
}
