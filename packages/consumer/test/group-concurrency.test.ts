import { sleep } from '@waybill/core'
import { createConsumer } from '@waybill/consumer'
import { defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { Job, jobs, steps } from './support/contracts.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

/** Counts how many run at once, in all and by group. */
function counter() {
  const running = new Map<string, number>()
  const most = new Map<string, number>()
  return {
    most,
    async count(group: string, work: () => Promise<void>) {
      const now = (running.get(group) ?? 0) + 1
      running.set(group, now)
      most.set(group, Math.max(now, most.get(group) ?? 0))
      await work()
      running.set(group, now - 1)
    },
  }
}

describe('a limit for each group of a standard queue', () => {
  test('is kept, and does not hold for messages without a group', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 30; n++) at.put(Job, { n }, { group: n % 3 === 0 ? 'noisy' : `quiet${n % 3}` })
    for (let n = 30; n < 36; n++) at.put(Job, { n })
    const { count, most } = counter()
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 36,
      groupConcurrency: 2,
      handlers: { job: (_payload, { group = 'none' }) => count(group, () => sleep(at.clock, 1_000)) },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect(Object.fromEntries(most)).toEqual({ noisy: 2, quiet1: 2, quiet2: 2, none: 6 })
    expect(at.left()).toEqual([])
  })

  test('lets others start at once, however many of a slow group wait', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 40; n++) at.put(Job, { n }, { group: 'noisy' })
    for (let n = 40; n < 45; n++) at.put(Job, { n }, { group: 'quiet' })
    const quiet: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 5,
      groupConcurrency: 1,
      handlers: {
        async job(_payload, { group }) {
          if (group === 'noisy') return sleep(at.clock, 3_600_000)
          quiet.push(at.clock.now())
        },
      },
    })
    await consumer.start()
    await at.clock.advance('2s')
    expect(quiet).toHaveLength(5)
    await at.clock.until(consumer.stop({ cutPolls: true }))
  })

  test.each([
    [9, 5],
    [8, 4],
  ])(
    'gives the oldest back when too many wait, of %i attempts until receive %i, and moves none that has not run',
    async (attempts, most) => {
      const few = defineQueue('few', { messages: [Job], deadLetter: { attempts } })
      const at = await virtualSqs(few)
      for (let n = 0; n < 60; n++) at.put(Job, { n }, { group: 'noisy' })
      const consumer = createConsumer(at.aws, few, {
        concurrency: 2,
        groupConcurrency: 1,
        handlers: { job: () => sleep(at.clock, 3_600_000) },
      })
      await consumer.start()
      await at.clock.advance('30m')
      const receives = at.left().map((message) => message.receives)
      expect(Math.max(...receives)).toBe(most)
      expect(consumer.health().held).toBeLessThanOrEqual(20)
      expect(at.dead).toEqual([])
      // not at once, to be received for nothing again
      expect(Math.min(...at.changes.map(({ visibilityTimeout }) => visibilityTimeout))).toBeGreaterThanOrEqual(5)
    },
  )

  test('holds for a batch handler’s items too', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 6; n++) at.put(Job, { n }, { group: 'a' })
    const sizes: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      groupConcurrency: 2,
      handlers: { job: { batch: { size: 6, wait: '1s' }, handleBatch: (items) => void sizes.push(items.length) } },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect(sizes).toEqual([2, 2, 2])
  })

  test('is refused on a FIFO queue', async () => {
    const { aws } = await virtualSqs(steps)
    expect(() => createConsumer(aws, steps, { groupConcurrency: 1, handlers: { job: () => {} } })).toThrow(
      "groupConcurrency: queue 'steps' is FIFO, where one message of a group is handled at a time. Leave it out.",
    )
  })

  test('keeps nothing of groups that are gone', async () => {
    const many = defineQueue('many', { messages: [Job] })
    const at = await virtualSqs(many)
    for (let n = 0; n < 500; n++) at.put(Job, { n }, { group: `g${n}` })
    let handled = 0
    const consumer = createConsumer(at.aws, many, {
      concurrency: 100,
      groupConcurrency: 1,
      handlers: { job: () => void handled++ },
    })
    await consumer.start()
    await at.clock.advance('10s')
    expect(handled).toBe(500)
    await at.clock.until(consumer.stop({ cutPolls: true }))
    expect(at.clock.timers).toBe(0)
  })
})
