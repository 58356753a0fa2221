import type { Scenario } from './scenario.ts'
import { send } from './send.ts'
import { slowHandler } from './slow-handler.ts'

/** By the name that the command line gives. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map([
  ['slow-handler', slowHandler],
  ['send', send],
])
