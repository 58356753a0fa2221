import { setTimeout as delay } from 'node:timers/promises'
import { endWithParent, tell } from './child.ts'
import { contracts } from './contracts/index.ts'
import { requestsAt } from './emulator.ts'
import { startTimedWindow } from './meter.ts'
import { consumingPeers } from './peers/index.ts'
import { since } from './requests.ts'
import { IdleOrder, type IdleRun } from './run-idle.ts'

// One peer waits at an empty queue, in a process of its own. Tells what that cost.
endWithParent()
const { peer, place, concurrency, settling, ms } = IdleOrder.parse(JSON.parse(process.argv[2] ?? ''))
if (peer) {
  const { consume } = await consumingPeers[peer].load()
  await consume({
    place,
    contract: contracts.order,
    concurrency,
    handle: () => Promise.reject(new Error('There was nothing to handle.')),
  })
}
await delay(settling)
const before = await requestsAt(place.endpoint)
const window = startTimedWindow()
await delay(ms)
const sample = window.end()
tell({ sample, requests: since(before, await requestsAt(place.endpoint)) } satisfies IdleRun)
