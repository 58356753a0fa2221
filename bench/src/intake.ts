import { setImmediate, setTimeout as delay } from 'node:timers/promises'
import { type Body, groupOf, now } from './contracts/body.ts'
import { createWindow, type Sample, type WindowOptions } from './meter.ts'

export interface Expected extends WindowOptions {
  /** Order is to hold within groups. */
  readonly fifo?: boolean
  /** Whether bodies are made by this process, just before they are sent. */
  readonly latencies?: boolean
}

export interface Intake {
  /** A peer's handler. */
  handle(body: Body): Promise<void>
  /** Messages handled so far. */
  handled(): number
  /** Once the last message is handled. */
  readonly done: Promise<Sample>
}

/** A message that was lost would be waited for for ever. */
const PATIENCE = 5 * 60_000

/** Takes messages 0 to `warmUp + messages - 1`, each once. Ends the process when one comes twice, out of its order, or not at all. */
export function createIntake({ fifo = false, latencies = false, ...expected }: Expected): Intake {
  const { promise: done, resolve } = Promise.withResolvers<Sample>()
  const { warmUp, messages } = expected
  const total = warmUp + messages
  const window = createWindow(expected)
  // Written to now: memory that is first touched message by message would look as if it grew.
  const seen = new Uint8Array(total).fill(0)
  const groups = createGroups()
  const took: number[] = []
  let before = -1
  const watch = setInterval(() => {
    if (window.done() === before) fail(`Nothing was handled for ${PATIENCE / 60_000} min, after ${before} of ${total}.`)
    before = window.done()
  }, PATIENCE).unref()

  function take({ n, at }: Body): void {
    // The emulator delivers nothing twice unless its visibility timeout ends.
    if (seen[n] !== 0) fail(n < total ? `Message ${n} came twice.` : `Message ${n} is none of ${total}.`)
    seen[n] = 1
    if (latencies && window.done() >= warmUp) took.push(now() - at)
  }

  return {
    done,
    handled: window.done,
    async handle(body) {
      take(body)
      if (fifo) groups.enter(body)
      // On FIFO a turn of its own, in which an overtaking neighbour would show.
      if (body.ms > 0) await delay(body.ms)
      else if (fifo) await setImmediate()
      if (fifo) groups.leave(body)
      const sample = window.count(took)
      if (!sample) return
      clearInterval(watch)
      resolve(sample)
    },
  }
}

/** Ends the process when messages of a group run side by side, or in another order than they were sent. */
function createGroups() {
  const last = new Map<string, number>()
  const running = new Set<string>()
  return {
    enter(body: Body): void {
      const group = groupOf(body)
      if (running.has(group) || (last.get(group) ?? -1) > body.n) fail(`Message ${body.n} came out of its order.`)
      running.add(group)
      last.set(group, body.n)
    },
    leave: (body: Body): void => void running.delete(groupOf(body)),
  }
}

function fail(what: string): never {
  console.error(what)
  process.exit(1)
}
