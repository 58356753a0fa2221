import { call } from './callers.ts'
import { endWithParent, tell } from './child.ts'
import { bodiesOf, contracts } from './contracts/index.ts'
import { createWindow } from './meter.ts'
import { producingPeers, titleOf } from './peers/index.ts'
import type { ProducingPeer } from './peers/peer.ts'
import { CallersOrder } from './run-callers.ts'

// One peer sends for many callers, in a process of its own. Tells what that cost, once all is sent.
endWithParent()
const order = CallersOrder.parse(JSON.parse(process.argv[2] ?? ''))
const { place, topic, callers, warmUp, messages } = order
const peer: ProducingPeer = await producingPeers[order.peer].load()
const contract = contracts[order.contract]
const sender = topic ? peer.publish?.(place, contract) : peer.produce(place, contract)
if (!sender) throw new Error(`${titleOf(order.peer)} can't publish.`)

// Made before, since that is not the peer's work; nobody receives them.
const bodies = bodiesOf(contract, callers)
const window = createWindow({ warmUp, messages })
await call(sender, {
  callers,
  together: peer.takes,
  total: warmUp + messages,
  make: (n) => bodies[n % callers] ?? contract.make(n, 0),
  sent() {
    const sample = window.count()
    if (sample) tell(sample)
    return undefined
  },
})
