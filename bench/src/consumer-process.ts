import { setImmediate } from 'node:timers/promises'
import { endWithParent, tell } from './child.ts'
import { contracts } from './contracts/index.ts'
import { createIntake } from './intake.ts'
import { consumingPeers } from './peers/index.ts'
import { ConsumerOrder, type Consumption, type Handled } from './run-consumer.ts'

// One peer handles what is in one queue or several, in a process of its own. Tells once all is handled.
endWithParent()
const { peer, places, concurrency, contract, record, ...expected } = ConsumerOrder.parse(
  JSON.parse(process.argv[2] ?? ''),
)
const intake = createIntake(expected)
const handled: Handled[] = []
const { consume } = await consumingPeers[peer].load()
const began = performance.now()
for (const place of places) {
  await consume({
    place,
    contract: contracts[contract],
    concurrency,
    handle: record
      ? async (body) => {
          const started = performance.now() - began
          await intake.handle(body)
          handled.push({ n: body.n, started, ended: performance.now() - began })
        }
      : intake.handle,
  })
}
const sample = await intake.done
// The last is handled, but not yet recorded.
await setImmediate()
tell({ sample, handled } satisfies Consumption)
