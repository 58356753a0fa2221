import { z } from 'zod'
import { type NodeOptions, startChild } from './child.ts'
import { startEmulator } from './emulator.ts'
import { Sample } from './meter.ts'
import { type ConsumingPeerName, consumingPeers } from './peers/index.ts'
import { Place } from './peers/peer.ts'

/** What both processes of a soak are told to do. */
export const SoakOrder = z.object({
  peer: z.custom<ConsumingPeerName>((name) => typeof name === 'string' && Object.hasOwn(consumingPeers, name)),
  place: Place,
  warmUp: z.int(),
  messages: z.int(),
})

/** Messages handled so far, the process's RSS and what V8's heap holds, four times a second after the warm-up. */
export const Soaked = z.object({
  sample: Sample,
  points: z.array(z.object({ handled: z.number(), rss: z.number(), heap: z.number() })),
})
export type Soaked = z.output<typeof Soaked>

/**
 * Small growth is to show. V8 collects old objects when they fill their space, by default gigabytes on a large machine; several
 * threads that collect, or allocate, keep pages by chance, a few MiB at once.
 */
export const SMALL = {
  flags: ['--max-old-space-size=64', '--max-semi-space-size=4', '--single-threaded-gc'],
  env: { MALLOC_ARENA_MAX: '1' },
} as const satisfies NodeOptions

/** One peer handles what another process of it sends: twice as many for warm-up, then so many. */
export async function runSoak(peer: ConsumingPeerName, messages: number): Promise<Soaked> {
  await using emulator = await startEmulator()
  const place = await emulator.createQueue('orders')
  const warmUp = 2 * messages
  const order = JSON.stringify({ peer, place, warmUp, messages } satisfies z.input<typeof SoakOrder>)
  await using feeder = startChild('feeder-process.ts', [order])
  await using consumer = startChild('soak-process.ts', [order], SMALL)
  const [told] = await Promise.all([consumer.told, feeder.told])
  const soaked = Soaked.parse(told)
  await emulator.empty()
  return soaked
}
