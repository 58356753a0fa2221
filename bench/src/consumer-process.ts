import { setTimeout as delay } from 'node:timers/promises'
import { endWithParent, tell } from './child.ts'
import { consumingPeers } from './peers/index.ts'
import { ConsumerOrder, type Handled } from './run-consumer.ts'

// One peer handles, in a process of its own. Tells when each job was handled, once all are.
endWithParent()
const { peer, place, concurrency, jobs } = ConsumerOrder.parse(JSON.parse(process.argv[2] ?? ''))
const taken = new Set<number>()
const handled: Handled[] = []
const began = performance.now()
await consumingPeers[peer].consume({
  place,
  concurrency,
  async handle({ n, ms }) {
    const started = performance.now() - began
    // The emulator delivers nothing twice unless its visibility timeout ends.
    if (taken.has(n)) {
      console.error(`Message ${n} came twice.`)
      process.exit(1)
    }
    taken.add(n)
    await delay(ms)
    handled.push({ n, started, ended: performance.now() - began })
    if (handled.length === jobs) tell(handled)
  },
})
