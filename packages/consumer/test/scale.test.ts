import { sleep } from '@waybill/core'
import { createConsumer } from '@waybill/consumer'
import { defineQueue } from '@waybill/schema'
import { expect, test } from 'vitest'
import { Job, jobs } from './support/contracts.ts'
import { slow } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

test.each([1, 10, 250, 1_000])('%i handlers run at once, all slots filled and none more', async (concurrency) => {
  const at = await virtualSqs(jobs)
  const count = concurrency * 2
  for (let n = 0; n < count; n++) at.put(Job, { n })
  let [running, most, handled] = [0, 0, 0]
  const consumer = createConsumer(at.aws, jobs, {
    concurrency,
    handlers: {
      async job() {
        most = Math.max(most, ++running)
        await sleep(at.clock, 1_000)
        running--
        handled++
      },
    },
  })
  await consumer.start()
  await at.clock.advance('5s')
  expect({ most, handled }).toEqual({ most: concurrency, handled: count })
  await at.clock.until(consumer.stop({ cutPolls: true }))
  expect(at.clock.timers).toBe(0)
})

test('what is handled is deleted as fast as it is received, and does not pile up here', async () => {
  const at = await virtualSqs(jobs)
  const concurrency = 200
  for (let n = 0; n < 40 * concurrency; n++) at.put(Job, { n })
  at.faults.receive = at.faults.delete = slow(at.clock, 20)
  let most = 0
  const consumer = createConsumer(at.aws, jobs, {
    concurrency,
    handlers: { job: () => void (most = Math.max(most, consumer.health().held)) },
  })
  await consumer.start()
  await at.clock.advance('10s')
  expect(at.left()).toEqual([])
  // those of the polls and those of the deletes that are under way
  expect(most).toBeLessThanOrEqual(2 * concurrency + 10)
  await at.clock.until(consumer.stop({ cutPolls: true }))
})

test('a backlog takes one receive for ten messages, and hardly more at its end', async () => {
  const at = await virtualSqs(jobs)
  const [concurrency, count] = [100, 3_000]
  for (let n = 0; n < count; n++) at.put(Job, { n })
  const answered = slow(at.clock, 1)
  let receives = 0
  at.faults.receive = (...args) => {
    receives++
    return answered(...args)
  }
  const consumer = createConsumer(at.aws, jobs, { concurrency, handlers: { job: () => sleep(at.clock, 100) } })
  await consumer.start()
  await at.clock.advance('3.5s')
  expect({ left: at.left(), receives }).toEqual({ left: [], receives: count / 10 + 1 })
  await at.clock.advance('18s')
  expect(receives, 'four more, should the others have lost their connections').toBe(count / 10 + 5)
  await at.clock.advance('2m')
  const before = receives
  await at.clock.advance('1m')
  expect(receives - before, 'one every 20 s').toBe(3)
  await at.clock.until(consumer.stop({ cutPolls: true }))
})

test('thousands of groups are handled side by side, each in its order, and nothing is kept of those that are done', async () => {
  const many = defineQueue('many', { messages: [Job], fifo: true, group: () => 'g' })
  const at = await virtualSqs(many)
  const groups = 3_000
  for (let n = 0; n < 3; n++) for (let group = 0; group < groups; group++) at.put(Job, { n }, { group: `g${group}` })
  const seen = new Map<string, number>()
  const running = new Set<string>()
  const wrong: string[] = []
  const consumer = createConsumer(at.aws, many, {
    concurrency: 500,
    handlers: {
      async job({ n }, { group = '' }) {
        if (running.has(group) || (seen.get(group) ?? 0) !== n) wrong.push(`${n} of ${group}`)
        running.add(group)
        await sleep(at.clock, 100)
        running.delete(group)
        seen.set(group, n + 1)
      },
    },
  })
  await consumer.start()
  await at.clock.advance('20s')
  expect({ wrong, done: [...seen.values()].filter((n) => n === 3).length, left: at.left() }).toEqual({
    wrong: [],
    done: groups,
    left: [],
  })
  expect(consumer.health()).toMatchObject({ held: 0, running: 0 })
  await at.clock.until(consumer.stop({ cutPolls: true }))
  expect(at.clock.timers).toBe(0)
})
