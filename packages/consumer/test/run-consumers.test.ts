import { createConsumer, runConsumers } from '@waybill/consumer'
import { defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { Job, jobs } from './support/contracts.ts'
import { sqsError } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

const other = defineQueue('other', { messages: [Job] })

describe('several consumers in one process', () => {
  test('stop together at a signal, and are one report', async () => {
    const [one, two] = [await virtualSqs(jobs), await virtualSqs(other)]
    for (let n = 0; n < 2; n++) one.put(Job, { n })
    two.put(Job, { n: 1 })
    const before = process.listenerCount('SIGTERM')
    const consumers = [
      createConsumer(one.aws, jobs, {
        waitTime: '1s',
        handlers: { job: { concurrency: 1, handle: () => new Promise<void>(() => {}) } },
      }),
      createConsumer(two.aws, other, { waitTime: '1s', handlers: { job: () => new Promise<void>(() => {}) } }),
    ]
    const running = runConsumers(consumers)
    await one.clock.advance('500ms')
    await two.clock.advance('500ms')
    expect(consumers.map(({ state }) => state)).toEqual(['running', 'running'])
    expect(process.listenerCount('SIGTERM')).toBe(before + 1)
    process.emit('SIGTERM')
    expect(consumers.map(({ state }) => state)).toEqual(['stopping', 'stopping'])
    await one.clock.advance('30s')
    await two.clock.advance('30s')
    expect(await running).toEqual({ released: 1, abandoned: 2 })
    expect(process.listenerCount('SIGTERM')).toBe(before)
  })

  test('when one can’t start, the others are stopped, and its reason is told', async () => {
    const [one, two] = [await virtualSqs(jobs), await virtualSqs(other)]
    const missing = sqsError('queue-not-found', 'never')
    const broken = { ...two.aws, queue: () => Promise.reject(missing) }
    const consumers = [
      createConsumer(one.aws, jobs, { waitTime: '1s', handlers: { job: () => {} } }),
      createConsumer(broken, other, { handlers: { job: () => {} } }),
    ]
    const before = process.listenerCount('SIGINT')
    const running = runConsumers(consumers)
    running.catch(() => {})
    await one.clock.advance('5s')
    await expect(running).rejects.toBe(missing)
    expect(consumers.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
    expect({ listeners: process.listenerCount('SIGINT') - before, timers: one.clock.timers }).toEqual({
      listeners: 0,
      timers: 0,
    })
  })

  test('one that is stopped by itself leaves the others running', async () => {
    const [one, two] = [await virtualSqs(jobs), await virtualSqs(other)]
    const [first, second] = [
      createConsumer(one.aws, jobs, { waitTime: '1s', handlers: { job: () => {} } }),
      createConsumer(two.aws, other, { waitTime: '1s', handlers: { job: () => {} } }),
    ]
    const running = runConsumers([first, second])
    await one.clock.advance('100ms')
    await one.clock.until(first.stop())
    expect(second.state).toBe('running')
    await two.clock.until(second.stop())
    expect(await running).toEqual({ released: 0, abandoned: 0 })
  })

  test('a second signal, not the echo of the first, cuts their open polls', async () => {
    const at = await virtualSqs(jobs)
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => {} } })
    const running = runConsumers([consumer])
    await at.clock.advance('1s')
    process.emit('SIGINT')
    process.emit('SIGINT')
    await at.clock.advance('1s')
    expect(consumer.state).toBe('stopping')
    await new Promise((resolve) => setTimeout(resolve, 510))
    process.emit('SIGINT')
    await at.clock.advance('0ms')
    expect(await running).toEqual({ released: 0, abandoned: 0 })
    expect(at.clock.now()).toBe(2_000)
  })

  test('none at all is a mistake', async () => {
    await expect(runConsumers([])).rejects.toThrow(
      'runConsumers: the list is empty. Write runConsumers([receipts, stock]).',
    )
  })
})
