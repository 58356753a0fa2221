import PQueue from 'p-queue'
import { Limit, Slots } from '../built.ts'
import { eachAwaited, eachOf, type Group } from './part.ts'

const task = () => Promise.resolve({})
const asking = { type: 'order', group: undefined, yields: false }
const at = (concurrency: number) =>
  new Slots({
    concurrency,
    types: [],
    groupConcurrency: undefined,
    groupBound: 0,
    rateLimit: undefined,
    onError: console.error,
  })
const [limit, slots, crowdedSlots] = [new Limit(80), at(80), at(10)]
const [queue, crowdedQueue] = [new PQueue({ concurrency: 80 }), new PQueue({ concurrency: 10 })]
const hundred = (run: () => Promise<unknown>) => () => Promise.all(Array.from({ length: 100 }, run))

export const slotParts: Group = {
  title: 'a slot, from asking until the end',
  parts: [
    eachAwaited('without: a task that does nothing, awaited', task),
    eachAwaited("Waybill's limit, a place free", () => limit.run(task)),
    eachAwaited("a consumer's slots, a place free", () => slots.run(asking, task)),
    eachAwaited('p-queue alone, a place free', () => queue.add(task)),
    eachOf(
      "a consumer's slots, 100 at once on 10 places",
      100,
      hundred(() => crowdedSlots.run(asking, task)),
    ),
    eachOf(
      'p-queue alone, 100 at once on 10 places',
      100,
      hundred(() => crowdedQueue.add(task)),
    ),
  ],
}
