import { contracts } from '../contracts/index.ts'
import { type ConsumingPeerName, consumingPeers } from '../peers/index.ts'
import { requestsTable, total } from '../requests.ts'
import { type ConsumerRun, runConsumer } from '../run-consumer.ts'
import { time, whole } from '../words.ts'
import { type Options, scaled, type Scenario } from './scenario.ts'

const CONCURRENCY = 10
const PEERS: readonly ConsumingPeerName[] = ['waybill', 'sqs-consumer', 'sqs-consumer-batch', 'sqs-consumer-apart']
const COLUMNS = ['', 'slow one', 'fast ones done', 'longest stall', 'longest wait', 'meanwhile', 'requests/message']

export const slowHandler: Scenario = {
  about(options) {
    return `One handler of ${time(slowOf(options))} among ${whole(fastOf(options))} of 1 to 5 ms, ${CONCURRENCY} at once, on a standard queue. What it holds up is what
differs from the run without it. Waybill asks for more as soon as slots are free, so that none waits: that costs requests.

  fast ones done     from the start of the consumer until the last fast message was handled
  longest stall      between two fast messages handled
  longest wait       of a fast message, from its turn (so many of those before it were handled that a slot was free, other
                     than the slow one's) until its handler began
  meanwhile          fast messages handled while the slow handler ran
  requests/message   of the consumer, until the last message was deleted`
  },

  async run(options) {
    const fast = fastOf(options)
    const quick = Array.from({ length: fast }, (_, n) => contracts.order.make(n, 1 + (n % 5)))
    // The fifth: the first receive brings it.
    const withSlow = quick.toSpliced(4, 0, contracts.order.make(fast, slowOf(options)))
    const runs: SlowRun[] = []
    for (const peer of PEERS) {
      for (const bodies of [quick, withSlow]) {
        const { title } = consumingPeers[peer]
        console.error(`… ${title}${bodies === withSlow ? ', with the slow one' : ''}`)
        const job = { messages: bodies.length, bodies, concurrency: CONCURRENCY, record: true }
        runs.push({ title, fast, ...(await runConsumer(peer, job)) })
      }
    }
    return { tables: [{ columns: COLUMNS, rows: runs.map(measured), notes: [] }, requestsTable(runs.filter(hasSlow))] }
  },
}

interface SlowRun extends ConsumerRun {
  readonly title: string
  /** How many fast messages there were; the slow one has that number. */
  readonly fast: number
}

function fastOf(options: Options): number {
  return scaled(10_000, options)
}

/** In milliseconds. */
function slowOf({ slow, scale }: Options): number {
  return Math.round(slow * scale)
}

function hasSlow({ handled, fast }: SlowRun): boolean {
  return handled.length > fast
}

function measured({ title, handled, requests, fast }: SlowRun): string[] {
  const slow = handled.find(({ n }) => n === fast)
  const quick = handled.filter(({ n }) => n < fast)
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
