import { setTimeout as delay } from 'node:timers/promises'
import { endWithParent, tell } from './child.ts'
import { contracts } from './contracts/index.ts'
import { startTimedWindow } from './meter.ts'
import { consumingPeers } from './peers/index.ts'
import { IdleOrder } from './run-idle.ts'

// One peer waits at an empty queue, in a process of its own. Tells what that cost.
endWithParent()
const { peer, place, concurrency, ms } = IdleOrder.parse(JSON.parse(process.argv[2] ?? ''))
const { consume } = await consumingPeers[peer].load()
await consume({
  place,
  contract: contracts.order,
  concurrency,
  handle: () => Promise.reject(new Error('There was nothing to handle.')),
})
const window = startTimedWindow()
await delay(ms)
tell(window.end())
