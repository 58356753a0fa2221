import { expect } from 'vitest'
import { createConsumer, defineQueue } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { QUICK, started } from './support/consumers.ts'
import { Job, sendJobs } from './support/jobs.ts'
import { deploy, takeOne } from './support/queues.ts'

const jobs = defineQueue('jobs', { messages: [Job] })
const handlers = { job: () => {} }
const NOTHING = { released: 0, abandoned: 0 }

describeEachBackend('a stop', ({ test }) => {
  test('of an idle consumer ends its polling: what is sent later is not its own', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    const polled = Promise.withResolvers<void>()
    const consumer = await started(aws, jobs, handlers, { on: { received: () => polled.resolve() } })
    await polled.promise
    expect(await consumer.stop()).toEqual(NOTHING)
    await sendJobs(aws, jobs, 1)
    expect(await takeOne(aws, queue)).toMatchObject({ receives: 1 })
  })

  test('during the start lets that end, and nothing is received', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 1)
    const consumer = createConsumer(aws, jobs, { ...QUICK, handlers })
    const starting = consumer.start()
    expect(await consumer.stop()).toEqual(NOTHING)
    await starting
    expect(consumer.state).toBe('stopped')
    expect(await takeOne(aws, queue)).toMatchObject({ receives: 1 })
  })

  test('that is asked for twice, the second time in a hurry, is one stop with one report', async ({ aws }) => {
    await deploy(aws, jobs)
    const states: string[] = []
    const consumer = await started(aws, jobs, handlers, { on: { state: ({ to }) => states.push(to) } })
    const [first, second] = await Promise.all([consumer.stop(), consumer.stop({ timeout: '5s' })])
    expect(second).toBe(first)
    expect(await consumer.stop()).toBe(first)
    expect(states).toEqual(['starting', 'running', 'stopping', 'stopped'])
  })

  test('is for good: there is no start after it', async ({ aws }) => {
    await deploy(aws, jobs)
    const consumer = await started(aws, jobs, handlers)
    await consumer.stop()
    await expect(consumer.start()).rejects.toThrow('is stopped. Create a new one to start again.')
  })
})
