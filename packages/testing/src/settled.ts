// Not the global one: fake timers of test runners replace it, and jsdom has none.
import { setImmediate } from 'node:timers'

/** Every promise that can settle by itself has settled by the next turn of the event loop. */
export const settled = () => new Promise<void>((resolve) => void setImmediate(resolve))
