import { endWithParent, tell } from './child.ts'
import { contracts } from './contracts/index.ts'
import { createIntake } from './intake.ts'
import { consumingPeers } from './peers/index.ts'
import { SoakOrder, type Soaked } from './run-soak.ts'

// One peer handles for long, in a process of its own. Tells how its memory grew, once all is handled.
endWithParent()
const { peer, place, warmUp, messages } = SoakOrder.parse(JSON.parse(process.argv[2] ?? ''))
const intake = createIntake({ warmUp, messages, allocations: false })
const { consume } = await consumingPeers[peer].load()
await consume({ place, contract: contracts.order, concurrency: 80, handle: intake.handle })
const points: Soaked['points'] = []
const sampling = setInterval(() => {
  const { rss, heapUsed } = process.memoryUsage()
  if (intake.handled() >= warmUp) points.push({ handled: intake.handled(), rss, heap: heapUsed })
}, 250)
const sample = await intake.done
clearInterval(sampling)
tell({ sample, points } satisfies Soaked)
