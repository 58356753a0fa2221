import { queryObjects } from 'node:v8'
import { VirtualClock } from '@waybill/testing'
import PQueue from 'p-queue'
import { describe, expect, test } from 'vitest'
import { RateLimit } from '../src/rate-limit.ts'
import { Slots, type SlotsOptions } from '../src/slots.ts'

/** Slots, and what has started in them; each run lasts until the test ends it. */
function slotsRig(options: Partial<SlotsOptions> = {}) {
  const slots = new Slots({
    concurrency: 100,
    types: [],
    groupConcurrency: 2,
    groupBound: 3,
    rateLimit: undefined,
    onError(error) {
      throw error
    },
    ...options,
  })
  const started: string[] = []
  const refused: string[] = []
  const ends = new Map<string, () => void>()
  const run = async (name: string, group?: string) => {
    const task = async () => {
      started.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      return {}
    }
    const result = await slots.run({ type: 'job', group, yields: true }, () => slots.atRate(task))
    if (typeof result === 'string') refused.push(`${name} ${result}`)
  }
  return {
    slots,
    started,
    refused,
    run: (name: string, group?: string) => (void run(name, group), turn()),
    end: (name: string) => (ends.get(name)?.(), turn()),
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the places of a group', () => {
  test('are as many while one of them is taken and nobody waits', async () => {
    const { end, run, started } = slotsRig()
    await run('a', 'g')
    await run('b', 'g')
    await end('a')
    await run('c', 'g')
    await run('d', 'g')
    expect(started).toEqual(['a', 'b', 'c'])
    await end('b')
    expect(started).toEqual(['a', 'b', 'c', 'd'])
  })

  test('may be waited for by as many as the bound says; one more, and the oldest is given up', async () => {
    const { refused, run } = slotsRig()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await run(name, 'g')
    expect(refused).toEqual([])
    await run('f', 'g')
    expect(refused).toEqual(['c crowded'])
  })

  test('are forgotten with the last of the group', async () => {
    const before = queryObjects(PQueue, { format: 'count' })
    const { end, run, slots } = slotsRig()
    for (let n = 0; n < 50; n++) {
      await run(`${n}`, `g${n}`)
      await end(`${n}`)
    }
    // that of all slots is there
    expect(queryObjects(PQueue, { format: 'count' }) - before).toBeLessThan(5)
    slots.close()
  })
})

describe('a pause', () => {
  test('holds up those that have a slot and wait for a start, too, until it is over', async () => {
    const clock = new VirtualClock()
    const rateLimit = new RateLimit(clock, 1, 1_000, () => {})
    const { run, slots, started } = slotsRig({ rateLimit })
    await run('a')
    await run('b')
    slots.pause()
    await clock.advance('10s')
    expect(started).toEqual(['a'])
    slots.resume()
    await clock.advance('0ms')
    expect(started).toEqual(['a', 'b'])
  })
})
