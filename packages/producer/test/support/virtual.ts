import type { Duration } from '@waybill/core'
import { connect, type Connection, type SendEntry } from '@waybill/sqs'
import { VirtualClock } from '@waybill/testing'
import { acceptAll, type Fault, faulty } from './faults.ts'

interface SentCall {
  /** Milliseconds on the clock. */
  readonly at: number
  readonly entries: readonly SendEntry[]
}

/** A connection on a virtual clock: every queue is there, and a SendMessageBatch answers as the test says. */
export function virtual(fault: Fault = acceptAll) {
  const clock = new VirtualClock()
  const calls: SentCall[] = []
  // Does no I/O, and none is left to do.
  const aws: Connection = {
    ...connect({ region: 'eu-central-1', endpoint: 'http://127.0.0.1:9' }),
    clock,
    queue: ({ name, fifo }) => Promise.resolve({ name, fifo, url: `http://127.0.0.1:9/1/${name}` }),
  }
  const connection = faulty(aws, (entries, call, real) => {
    calls.push({ at: clock.now(), entries })
    return fault(entries, call, real)
  })
  return {
    connection,
    clock,
    calls,
    /** The bodies of each call. */
    bodies: () => calls.map(({ entries }) => entries.map(({ body }) => body)),
    pass: (time: Duration) => clock.advance(time),
  }
}
