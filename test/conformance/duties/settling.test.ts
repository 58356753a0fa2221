import { sleep } from '@waybill/core'
import { expect } from 'vitest'
import { createConsumer, createProducer, defineQueue } from 'waybill'
import { delayAnswer } from 'waybill/testing'
import { type Faults, refusing, sqsError, withFaults } from '../../../packages/consumer/test/support/faults.ts'
import { Inbox } from '../../support/inbox.ts'
import { Job, jobs, sendJobs } from '../support/contracts.ts'
import { duty, simulatedDuty } from '../support/duty.ts'

duty(
  139,
  'of a delete that fails in part, what failed is deleted again, before it would be visible',
  async ({ asked, aws, provision }) => {
    await provision(jobs)
    await sendJobs(aws, 3)
    const [handled, faulted] = [new Inbox<number>(), new Inbox<string>()]
    const faults: Faults = {
      async delete(make, queue, handles, call) {
        faults.delete = undefined
        const refused = await refusing('service', 'now')(make, queue, handles.slice(0, 1))
        return [...refused, ...(handles.length > 1 ? await make(queue, handles.slice(1), call) : [])]
      },
    }
    const consumer = createConsumer({ ...aws, sqs: withFaults(aws.sqs, faults) }, jobs, {
      waitTime: '1s',
      on: { fault: ({ call }) => faulted.add(call), 'lease-lost': () => faulted.add('lease-lost') },
      handlers: { job: ({ n }) => handled.add(n) },
    })
    await consumer.start()
    await handled.first(3)
    await consumer.stop()
    expect(asked.delete.flat()).toHaveLength(3)
    expect(new Set(asked.delete.flat()).size).toBe(3)
    expect(faulted.items).toEqual(['delete'])
    expect(handled.items).toHaveLength(3)
  },
)

const notes = defineQueue('notes', { messages: [Job] })
const orderedNotes = defineQueue('ordered-notes', { messages: [Job], fifo: true, group: () => 'g' })

for (const queue of [notes, orderedNotes])
  duty(
    139,
    `a delete of what is deleted already is a success, on a ${queue.fifo ? 'FIFO' : 'standard'} queue`,
    async ({ asked, aws, provision }) => {
      await provision(queue)
      await using producer = createProducer(aws, queue)
      await producer.send('job', { n: 0 })
      const [settled, lost] = [new Inbox<string>(), new Inbox<string>()]
      const faults: Faults = {
        async delete(make, ...args) {
          faults.delete = undefined
          await make(...args)
          throw sqsError('network', 'now', true)
        },
      }
      const consumer = createConsumer({ ...aws, sqs: withFaults(aws.sqs, faults) }, queue, {
        waitTime: '1s',
        on: { settled: ({ outcome }) => settled.add(outcome), 'lease-lost': ({ error }) => lost.add(error.message) },
        handlers: { job: () => {} },
      })
      await consumer.start()
      await settled.first(1)
      await consumer.stop()
      const [first, again] = asked.delete
      expect(asked.delete).toEqual([first, again])
      expect(again).toEqual(first)
      expect([settled.items, lost.items]).toEqual([['done'], []])
    },
  )

duty(
  142,
  'a stop during a long poll opens no other, and gives back at once what that brings',
  async ({ asked, aws, provision }) => {
    await provision(jobs)
    const handled = new Inbox<number>()
    const consumer = createConsumer(aws, jobs, { waitTime: '15s', handlers: { job: ({ n }) => handled.add(n) } })
    await consumer.start()
    const stopped = consumer.stop()
    await sendJobs(aws, 1)
    expect(await stopped).toEqual({ released: 1, abandoned: 0 })
    expect([handled.items, asked.receive.length]).toEqual([[], 1])
    const queue = await aws.queue(jobs)
    const left = await aws.sqs.receive(queue, { max: 10, wait: 1, visibilityTimeout: 30 }, { timeout: 5_000 })
    expect(left.map(({ receives }) => receives)).toEqual([2])
  },
)

simulatedDuty(
  142,
  'a stop lets end what runs, longer than its poll, and deletes it',
  async ({ aws, clock, provision }) => {
    await provision(jobs)
    await clock.until(sendJobs(aws, 1))
    const consumer = createConsumer(aws, jobs, {
      waitTime: '1s',
      handlers: { job: (_job, { signal }) => sleep(clock, 15_000, signal) },
    })
    await consumer.start()
    await clock.advance('1s')
    expect(await clock.until(consumer.stop())).toEqual({ released: 0, abandoned: 0 })
    expect(clock.now()).toBeGreaterThanOrEqual(15_000)
    expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [] })
  },
)

simulatedDuty(
  142,
  'a poll that outlasts the time of the stop is cut, and what it took is left to its visibility timeout',
  async ({ aws, clock, provision }) => {
    await provision(jobs)
    const handled: number[] = []
    const consumer = createConsumer(aws, jobs, { handlers: { job: ({ n }) => void handled.push(n) } })
    // takes what comes, and is answered when nobody listens any more
    aws.faults.on('receive', delayAnswer('30s'))
    await clock.until(sendJobs(aws, 1))
    await consumer.start()
    await clock.advance('1s')
    expect(await clock.until(consumer.stop({ timeout: '4s' }))).toEqual({ released: 0, abandoned: 0 })
    expect(clock.now()).toBeLessThan(6_000)
    expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [{ receives: 1 }] })
    await clock.advance('30s')
    expect(aws.contents(jobs)).toMatchObject({ visible: [{ receives: 1 }], inFlight: [] })
    expect(handled).toEqual([])
  },
)
