import { randomUUID } from 'node:crypto'
import { Batcher, fullJitter, newId, systemClock } from '../built.ts'
import { each, eachOf, type Group } from './part.ts'

const accepted = { ok: true, value: undefined } as const
const batcher = new Batcher<object, void>({
  clock: systemClock,
  maxCount: 10,
  maxBytes: 1_048_576,
  linger: 5,
  eager: true,
  maxInFlight: 8,
  maxHeldCount: 10_000,
  maxHeldBytes: 67_108_864,
  backoff: { now: fullJitter(50, 2_000), later: fullJitter(500, 10_000) },
  unknownWindow: 240_000,
  bytes: () => 130,
  send: (items) => Promise.resolve(items.map(() => accepted)),
  giveUp: (why) => new Error(why),
})

function addHundred(): Promise<unknown> {
  const options = { deadline: systemClock.now() + 30_000 }
  return Promise.all(Array.from({ length: 100 }, () => batcher.add(options, options)))
}

export const sendingParts: Group = {
  title: 'a message sent',
  parts: [
    eachOf('an entry of the batcher, 100 at once, sent at once', 100, addHundred),
    each('an id', newId),
    each('randomUUID() alone', () => randomUUID()),
  ],
}
