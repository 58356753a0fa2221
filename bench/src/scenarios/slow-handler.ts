import type { ConsumingPeerName } from '../peers/index.ts'
import type { Job } from '../peers/peer.ts'
import { requestsTable, total } from '../requests.ts'
import { type ConsumerRun, runConsumer } from '../run-consumer.ts'
import { time, whole } from '../words.ts'
import type { Scenario } from './scenario.ts'

const FAST = 10_000
const CONCURRENCY = 10
const PEERS: readonly ConsumingPeerName[] = ['waybill', 'sqs-consumer', 'sqs-consumer-batch', 'sqs-consumer-apart']
const COLUMNS = ['', 'slow one', 'fast ones done', 'longest stall', 'longest wait', 'meanwhile', 'requests/message']

export const slowHandler: Scenario = {
  about({ slow }) {
    return `One handler of ${time(slow)} among ${whole(FAST)} of 1 to 5 ms, ${CONCURRENCY} at once, on a standard queue. What it holds up is what
differs from the run without it.

  fast ones done     from the start of the consumer until the last fast message was handled
  longest stall      between two fast messages handled
  longest wait       of a fast message, from its turn (so many of those before it were handled that a slot was free, other
                     than the slow one's) until its handler began
  meanwhile          fast messages handled while the slow handler ran
  requests/message   of the consumer, until the last message was deleted`
  },

  async run({ slow }) {
    // The fifth: the first receive brings it.
    const withSlow = fast.toSpliced(4, 0, { n: FAST, ms: slow })
    const runs: ConsumerRun[] = []
    for (const peer of PEERS) {
      for (const jobs of [fast, withSlow]) runs.push(await runConsumer(peer, jobs, CONCURRENCY))
    }
    return [{ columns: COLUMNS, rows: runs.map(measured) }, requestsTable(runs.filter(hasSlow))]
  },
}

/** Numbered in the order in which they are sent. */
const fast: readonly Job[] = Array.from({ length: FAST }, (_, n) => ({ n, ms: 1 + (n % 5) }))

function hasSlow({ handled }: ConsumerRun): boolean {
  return handled.length > FAST
}

function measured({ title, handled, requests }: ConsumerRun): readonly string[] {
  const slow = handled.find(({ n }) => n === FAST)
  const quick = handled.filter(({ n }) => n < FAST)
  const slots = slow ? CONCURRENCY - 1 : CONCURRENCY
  // In order.
  const ends = quick.map(({ ended }) => ended)
  return [
    title,
    slow ? time(slow.ended - slow.started) : 'none',
    time(Math.max(...ends)),
    time(Math.max(...ends.map((end, at) => end - (ends[at - 1] ?? end)))),
    time(Math.max(...quick.map(({ n, started }) => started - (ends[n - slots] ?? 0)))),
    slow ? whole(ends.filter((end) => end > slow.started && end < slow.ended).length) : '',
    (total(requests) / handled.length).toFixed(2),
  ]
}
