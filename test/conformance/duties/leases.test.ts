import { once } from 'node:events'
import { sleep } from '@waybill/core'
import { expect } from 'vitest'
import { createConsumer, createProducer, defineQueue, LeaseLostError } from 'waybill'
import { Inbox } from '../../support/inbox.ts'
import { Job, jobs, sendJobs, sendSteps, steps } from '../support/contracts.ts'
import { duty, simulatedDuty } from '../support/duty.ts'

const MINUTE = 60_000

simulatedDuty(
  131,
  'an extension that is answered after the old end is a lost lease, although it is a success',
  async ({ aws, clock, provision }) => {
    await provision(jobs)
    const told: unknown[] = []
    await using consumer = createConsumer(aws, jobs, {
      on: { 'lease-lost': ({ error }) => told.push(error.message), settled: ({ outcome }) => told.push(outcome) },
      handlers: {
        async job(_job, { receives, signal }) {
          if (receives === 1) await sleep(clock, 5 * MINUTE, signal)
          if (signal.aborted) told.push(signal.reason instanceof LeaseLostError)
          signal.throwIfAborted()
        },
      },
    })
    using _ = clock.startAtEnd()
    aws.faults.on('changeVisibility', (_call, make) => (clock.freeze('20s'), make()), { times: 1 })
    await consumer.start()
    await clock.until(sendJobs(aws, 1))
    await clock.advance('2m')
    expect(aws.requests.find(({ kind }) => kind === 'changeVisibility')).toMatchObject({ outcome: 'answered' })
    expect(told).toEqual([expect.stringContaining('its extension was answered too late'), true, 'done'])
    expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [] })
  },
)

const short = defineQueue('short', { messages: [Job], visibilityTimeout: '5s', deadLetter: {} })

duty(
  131,
  'a message that is gone is lost ownership: its handler is told, and the others are handled',
  async ({ aws, lines, provision }) => {
    await provision(short)
    const queue = await aws.queue(short)
    const handles: string[] = []
    const { receive } = aws.sqs
    const overheard: typeof receive = async (...args) => {
      const messages = await receive(...args)
      handles.push(...messages.map(({ receiptHandle }) => receiptHandle))
      return messages
    }
    const [running, told] = [new Inbox<number>(), new Inbox<unknown>()]
    await using producer = createProducer(aws, short)
    await using consumer = createConsumer({ ...aws, sqs: { ...aws.sqs, receive: overheard } }, short, {
      waitTime: '1s',
      on: { settled: ({ outcome }) => told.add(outcome) },
      handlers: {
        async job({ n }, { signal }) {
          running.add(n)
          if (n > 0) return
          await once(signal, 'abort')
          told.add(signal.reason)
          throw signal.reason
        },
      },
    })
    await consumer.start()
    await producer.send('job', { n: 0 })
    await running.first(1)
    await aws.sqs.delete(queue, handles, { timeout: 5_000 })
    const [lost] = await told.first(1)
    expect(lost).toBeInstanceOf(LeaseLostError)
    expect(String(lost)).toContain('ChangeMessageVisibilityBatch')
    await producer.send('job', { n: 1 })
    expect(await told.first(2)).toEqual([lost, 'done'])
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  },
)

simulatedDuty(
  133,
  'while the first of a group is handled, the leases of all behind it are extended with its own',
  async ({ aws, clock, provision }) => {
    await provision(steps)
    const handled: unknown[] = []
    await using consumer = createConsumer(aws, steps, {
      handlers: {
        async step({ name }, { receives }) {
          if (name === 'a') await sleep(clock, 10 * MINUTE)
          handled.push([name, receives])
        },
      },
    })
    using _ = clock.startAtEnd()
    await clock.until(sendSteps(aws, 'g', 'a', 'b', 'c'))
    await consumer.start()
    await clock.advance('599s')
    const extensions = aws.requests.filter(({ kind }) => kind === 'changeVisibility')
    expect(extensions.length).toBeGreaterThan(30)
    expect(new Set(extensions.map(({ entries }) => entries.length))).toEqual(new Set([3]))
    await clock.advance('1m')
    expect(handled).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ])
  },
)
