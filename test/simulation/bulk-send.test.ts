// A hundred thousand messages through a queue that refuses, throttles, loses answers and leaves entries out of them.
import { beforeAll, describe, expect, test } from 'vitest'
import { apply, createProducer, plan, SendError } from 'waybill'
import {
  dropAnswer,
  fail,
  failEntries,
  hang,
  omitEntries,
  simulate,
  type Simulation,
  VirtualClock,
} from 'waybill/testing'
import { loose, steps } from './contracts.ts'

const MESSAGES = 100_000
const GROUPS = 2_000
const BUFFER = 1_500

function* messages() {
  for (let n = 0; n < MESSAGES; n++)
    yield { type: 'step', payload: { n, of: `group ${(n * 7_919) % GROUPS}` } } as const
}

/** One in twenty entries fails at random; now and then a whole call does, or its answer is lost or short. */
function misbehave({ clock, faults }: Simulation<VirtualClock>): void {
  const oneIn = (count: number) => () => clock.random() * count < 1
  faults.on('send', fail('throttled'), { probability: 0.03 })
  faults.on('send', fail('network'), { probability: 0.01 })
  faults.on('send', dropAnswer({ after: '20ms' }), { probability: 0.01 })
  faults.on('send', hang(), { probability: 0.001 })
  faults.on('send', omitEntries(oneIn(2)), { probability: 0.05 })
  faults.on('send', failEntries('access-denied', oneIn(1_000)), { probability: 0.1 })
  faults.on('send', failEntries('throttled', oneIn(20)), { probability: 0.5 })
  faults.on('send', failEntries('unavailable', oneIn(20)))
}

/** What became of it all. */
interface Life {
  /** By their numbers. */
  readonly accepted: readonly number[]
  readonly errors: readonly unknown[]
  /** In the order in which the queue has them. */
  readonly stored: readonly { readonly n: number; readonly group: string | undefined }[]
  readonly mostHeld: number
  readonly timers: number
}

async function life(queue: typeof loose): Promise<Life> {
  const clock = new VirtualClock()
  await using aws = simulate({ clock })
  await apply(await plan(aws, [queue]))
  misbehave(aws)
  const producer = createProducer(aws, queue, { buffer: { messages: BUFFER } })
  const accepted: number[] = []
  const errors: unknown[] = []
  const results = producer.sendMany(messages(), { window: MESSAGES })
  let mostHeld = 0
  producer.on('batch', () => {
    const { taken, sent, failed } = results.progress
    mostHeld = Math.max(mostHeld, taken - sent - failed)
  })
  async function takeAll(): Promise<void> {
    for await (const result of results) {
      if (result.ok) accepted.push(result.message.payload.n)
      else errors.push(result.error)
    }
  }
  await clock.until(takeAll(), { within: '12h' })
  await clock.until(producer.close())
  const stored = aws.contents(queue).visible.map(({ body, group }) => ({ ...JSON.parse(body), group }))
  return { accepted, errors, stored, mostHeld, timers: clock.timers }
}

const sorted = (numbers: Iterable<number>) => Array.from(numbers).toSorted((a, b) => a - b)
const unsure = (told: Life) => told.errors.filter((error) => !(error instanceof SendError) || error.unknown)

describe.each([steps, loose])('100,000 messages to a queue ($name) that fails in every way', (queue) => {
  let told: Life
  beforeAll(async () => void (told = await life(queue)), 120_000)

  test('are all settled: accepted but for the few that are refused for good, and those of their group', () => {
    expect(told.accepted.length + told.errors.length).toBe(MESSAGES)
    expect(told.accepted.length).toBeGreaterThan(0.99 * MESSAGES)
    expect(told.errors.length).toBeGreaterThan(0)
    expect(told.timers).toBe(0)
  })

  test('are in the queue exactly when their sender was told so, or could not be sure', () => {
    const stored = new Set(told.stored.map(({ n }) => n))
    const missing = told.accepted.filter((n) => !stored.has(n))
    expect(missing).toEqual([])
    expect(stored.size - told.accepted.length).toBeLessThanOrEqual(unsure(told).length)
  })

  test('are never more than the buffer has room for', () => {
    // and the one that waits for room
    expect(told.mostHeld).toBeLessThanOrEqual(BUFFER + 1)
    expect(told.mostHeld).toBeGreaterThan(0.9 * BUFFER)
  })

  test.runIf(queue.fifo)('are in the order of their sender in each group, none of them twice', () => {
    expect(new Set(told.stored.map(({ n }) => n)).size).toBe(told.stored.length)
    const groups = Map.groupBy(told.stored, ({ group }) => group)
    const outOfOrder = [...groups.values()].filter((group) => {
      const numbers = group.map(({ n }) => n)
      return numbers.join() !== sorted(numbers).join()
    })
    expect([groups.size, outOfOrder]).toEqual([GROUPS, []])
  })
})
