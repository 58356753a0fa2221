import { endWithParent, tell } from './child.ts'
import { contracts } from './contracts/index.ts'
import { loads, play } from './loads.ts'
import { producingPeers } from './peers/index.ts'
import type { ProducingPeer } from './peers/peer.ts'
import { recordRoundTrips } from './round-trips.ts'
import { ProducerOrder, type Timed } from './run-producer.ts'

// One peer sends, in a process of its own. Tells how long it took, once all is sent.
endWithParent()
const order = ProducerOrder.parse(JSON.parse(process.argv[2] ?? ''))
const load = loads[order.load]
const contract = contracts.order
const peer: ProducingPeer = await producingPeers[order.peer].load()
const sender = peer.produce(order.place, contract)
let next = 0

async function sendTimed(times: number): Promise<number[]> {
  const latencies: number[] = []
  await play(load, times, async (came) => {
    const sends = sender.send(Array.from({ length: load.atHand }, () => contract.make(next++, 0)))
    await Promise.all(
      sends.map(async (sent) => {
        await sent
        latencies.push(performance.now() - came)
      }),
    )
  })
  return latencies
}

await sendTimed(order.warmUp)
const roundTrips = recordRoundTrips()
const began = performance.now()
const before = process.cpuUsage()
const latencies = await sendTimed(order.times)
const took = performance.now() - began
const { user, system } = process.cpuUsage(before)
const closed = Object.fromEntries(sender.closed ?? [])
tell({ latencies, roundTrips, took, cpu: (user + system) / 1_000, closed } satisfies Timed)
