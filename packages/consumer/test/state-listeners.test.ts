import { createConsumer } from '@waybill/consumer'
import { expect, test } from 'vitest'
import { Job, jobs } from './support/contracts.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

/** A consumer whose listener does something when it runs, with its polls counted. */
async function listening(listener: 'pause' | 'stop') {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 1 })
  const polls = { count: 0 }
  at.faults.receive = (make, ...args) => (polls.count++ > 100 ? new Promise(() => {}) : make(...args))
  const consumer = createConsumer(at.aws, jobs, { waitTime: '1s', handlers: { job: () => {} } })
  const listen = () =>
    consumer.on('state', ({ to }) => {
      if (to === 'running') void consumer[listener]()
    })
  return { ...at, consumer, listen, polls }
}

test('a listener may pause a consumer that begins to run', async () => {
  const { clock, consumer, listen, polls } = await listening('pause')
  listen()
  await consumer.start()
  await clock.advance('1h')
  expect({ state: consumer.state, more: polls.count > 1 }).toEqual({ state: 'paused', more: false })
})

test('a listener may stop a consumer that begins to run', async () => {
  const { clock, consumer, listen, polls } = await listening('stop')
  listen()
  await consumer.start()
  await clock.until(consumer.stopped)
  const before = polls.count
  await clock.advance('1h')
  expect({ state: consumer.state, more: polls.count - before, timers: clock.timers }).toEqual({
    state: 'stopped',
    more: 0,
    timers: 0,
  })
})

test('a listener may stop a consumer that is resumed', async () => {
  const { clock, consumer, listen, polls } = await listening('stop')
  await consumer.start()
  consumer.pause()
  listen()
  consumer.resume()
  await clock.until(consumer.stopped)
  const before = polls.count
  await clock.advance('1h')
  expect(polls.count - before).toBe(0)
})
