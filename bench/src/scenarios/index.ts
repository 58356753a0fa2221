import { consume } from './consume.ts'
import { endToEnd } from './end-to-end.ts'
import { fanOut } from './fan-out.ts'
import { fifo } from './fifo.ts'
import { growth } from './growth.ts'
import { idle } from './idle.ts'
import { large } from './large.ts'
import { leases } from './leases.ts'
import { lone } from './lone.ts'
import { micro } from './micro.ts'
import { nested } from './nested.ts'
import { produce } from './produce.ts'
import type { Scenario } from './scenario.ts'
import { send } from './send.ts'
import { slowHandler } from './slow-handler.ts'
import { slow } from './slow.ts'
import { soak } from './soak.ts'
import { startUp } from './start-up.ts'

/** By the name that the command line gives, in the order in which they run. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map([
  ['consume', consume],
  ['produce', produce],
  ['end-to-end', endToEnd],
  ['nested', nested],
  ['large', large],
  ['fifo', fifo],
  ['fan-out', fanOut],
  ['slow', slow],
  ['lone', lone],
  ['idle', idle],
  ['growth', growth],
  ['slow-handler', slowHandler],
  ['send', send],
  ['micro', micro],
  ['leases', leases],
  ['start-up', startUp],
  ['soak', soak],
])
