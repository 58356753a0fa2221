import { call } from './callers.ts'
import { endWithParent, tell } from './child.ts'
import { contracts } from './contracts/index.ts'
import { createIntake } from './intake.ts'
import { exchangingPeers } from './peers/index.ts'
import type { ConsumingPeer, ProducingPeer } from './peers/peer.ts'
import { ExchangeOrder } from './run-exchange.ts'

// One peer sends and handles, in one process. A caller sends its next when its last is handled: as many are sent as are
// handled in any while. Tells what that cost, once all is handled.
endWithParent()
const { place, concurrency, callers, pause, warmUp, messages, ...order } = ExchangeOrder.parse(
  JSON.parse(process.argv[2] ?? ''),
)
const peer: ConsumingPeer & ProducingPeer = await exchangingPeers[order.peer].load()
const contract = contracts.order
const total = warmUp + messages
const intake = createIntake({ warmUp, messages, latencies: true })
const arrivals = Array.from({ length: total }, () => Promise.withResolvers<void>())
await peer.consume({
  place,
  contract,
  concurrency,
  async handle(body) {
    await intake.handle(body)
    arrivals[body.n]?.resolve()
  },
})
await call(peer.produce(place, contract), {
  callers,
  together: peer.takes,
  total,
  make: (n) => contract.make(n, 0),
  pause,
  sent: (n) => arrivals[n]?.promise,
})
tell(await intake.done)
