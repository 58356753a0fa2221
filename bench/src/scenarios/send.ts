import { type Load, type LoadName, loads } from '../loads.ts'
import type { ProducingPeerName } from '../peers/index.ts'
import { percentile } from '../percentile.ts'
import { total } from '../requests.ts'
import { type ProducerRun, runProducer } from '../run-producer.ts'
import type { Table } from '../table.ts'
import { time, whole } from '../words.ts'
import type { Scenario } from './scenario.ts'

const LOADS: readonly LoadName[] = ['burst', 'lone', 'steady', 'loop']
const PEERS: readonly ProducingPeerName[] = ['waybill', 'sqs-producer', 'sdk', 'sdk-batch']
const COLUMNS = ['requests/message', 'messages/s', 'CPU/message', 'p50', 'p99']
const ALONE = ['round trip p50', 'beyond p50', 'beyond p99']

export const send: Scenario = {
  about() {
    return `Messages to a standard queue, as they come. A peer that takes lists gets what is at hand: the 1,000 of a burst, one
message otherwise. Only Waybill batches what comes in several turns of the event loop: a message waits up to 5 ms (\`linger\`) for
others unless it is alone. It makes eight requests at once (\`maxInFlight\`), the SDK by hand as many as the burst has tens.

  requests/message   of the producer, from its start, warm-up included
  messages/s         pauses included
  CPU/message        of the producer's process, user and system
  p50, p99           from when a message came until its send resolved
  round trip p50     from when the HTTP client, Node's or undici, was given a request until its answer began
  beyond p50, p99    what a send took beyond the round trip of its one request`
  },

  async run(options) {
    const tables: Table[] = []
    for (const load of LOADS) {
      const runs: ProducerRun[] = []
      for (const peer of PEERS) runs.push(await runProducer(peer, load, options))
      tables.push(tableOf(load, runs, options.rtt))
    }
    return { tables }
  },
}

function tableOf(name: LoadName, runs: readonly ProducerRun[], rtt: number): Table {
  const load: Load = loads[name]
  // One request for each send, and in the same order: only then is it known which belongs to which.
  const alone = load.atHand === 1 && 'pause' in load.pace
  return {
    columns: [`${name}: ${load.title}`, ...COLUMNS, ...(alone ? ALONE : [])],
    rows: runs.map((run) => [run.title, ...measured(run), ...(alone ? beyond(run) : [])]),
    notes: [
      `Requests wait ${time(rtt)} (--rtt) in the emulator before they are taken; what else a round trip takes is this machine's.`,
      ...runs.flatMap(closing),
    ],
  }
}

function closing({ title, closed }: ProducerRun): readonly string[] {
  const reasons = Object.entries(closed).map(([reason, count]) => `${whole(count)} by ${reason}`)
  return reasons.length === 0 ? [] : [`${title} closed its batches: ${reasons.join(', ')}.`]
}

function measured({ messages, requests, latencies, took, cpu }: ProducerRun): readonly string[] {
  return [
    (total(requests) / messages).toFixed(2),
    whole(Math.round((latencies.length / took) * 1_000)),
    time(cpu / latencies.length),
    time(percentile(latencies, 0.5)),
    time(percentile(latencies, 0.99)),
  ]
}

function beyond({ title, latencies, roundTrips }: ProducerRun): readonly string[] {
  if (roundTrips.length !== latencies.length)
    throw new Error(`${title}: ${latencies.length} sends made ${roundTrips.length} requests.`)
  const own = latencies.map((latency, n) => latency - (roundTrips[n] ?? 0))
  return [percentile(roundTrips, 0.5), percentile(own, 0.5), percentile(own, 0.99)].map(time)
}
