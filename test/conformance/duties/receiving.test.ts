import type { SqsApi } from '@waybill/sqs'
import { expect } from 'vitest'
import { createConsumer, type StopReport } from 'waybill'
import { failEntries, type Fault } from 'waybill/testing'
import { Inbox } from '../../support/inbox.ts'
import { jobs, sendJobs } from '../support/contracts.ts'
import { duty, simulatedDuty } from '../support/duty.ts'

duty(
  140,
  'an answer without messages, or without failures, is not a fault',
  async ({ asked, aws, lines, provision }) => {
    await provision(jobs)
    const [polled, handled, faults] = [new Inbox<number>(), new Inbox<number>(), new Inbox<string>()]
    const consumer = createConsumer(aws, jobs, {
      waitTime: '1s',
      on: { received: ({ count }) => polled.add(count), fault: ({ error }) => faults.add(error.message) },
      handlers: { job: ({ n }) => handled.add(n) },
    })
    await consumer.start()
    expect(await polled.first(1)).toEqual([0])
    await sendJobs(aws, 1)
    await handled.first(1)
    await consumer.stop()
    expect(asked.delete.map((handles) => handles.length)).toEqual([1])
    expect(faults.items).toEqual([])
    expect(lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  },
)

simulatedDuty(140, 'an answer that names failures alone is an answer', async ({ aws, clock, provision }) => {
  await provision(jobs)
  const handled: number[] = []
  await using consumer = createConsumer(aws, jobs, { handlers: { job: ({ n }) => void handled.push(n) } })
  using _ = clock.startAtEnd()
  await consumer.start()
  for (const kind of ['send', 'delete'] as const) aws.faults.on(kind, failEntries('unavailable'), { times: 1 })
  await clock.until(sendJobs(aws, 3))
  await clock.advance('30s')
  expect(handled).toEqual([0, 1, 2])
  expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [] })
})

/** One body arrives other than it was sent. */
const damageFirst: Fault = async (_call, make) => {
  const answer: Awaited<ReturnType<SqsApi['receiveMessage']>> = Object(await make())
  const [first, ...others] = answer.Messages ?? []
  return { Messages: [{ ...first, Body: '{"n":666}' }, ...others] }
}

simulatedDuty(
  141,
  'a damaged body is left out of its receive, and is no poison: its message comes again and is handled',
  async ({ aws, clock, lines, provision }) => {
    await provision(jobs)
    const told: string[] = []
    const handled: unknown[] = []
    await using consumer = createConsumer(aws, jobs, {
      on: { invalid: () => told.push('invalid'), fault: ({ error }) => told.push(error.message) },
      handlers: { job: ({ n }, { receives }) => void handled.push([n, receives]) },
    })
    using _ = clock.startAtEnd()
    await clock.until(sendJobs(aws, 3))
    aws.faults.on('receive', damageFirst, { times: 1 })
    await consumer.start()
    await clock.advance('1m')
    expect(handled).toEqual([
      [1, 1],
      [2, 1],
      [0, 2],
    ])
    expect(told).toEqual([])
    expect(lines.map(({ message }) => message)).toContainEqual(expect.stringContaining('received a damaged message'))
    expect(aws.deadLetters(jobs)).toEqual([])
  },
)

duty(
  143,
  'with one handler one message is received at a time: what does not start burns no receive',
  async ({ asked, aws, provision }) => {
    await provision(jobs)
    await sendJobs(aws, 10)
    const handled = new Inbox<number>()
    const stopped = Promise.withResolvers<StopReport>()
    const consumer = createConsumer(aws, jobs, {
      concurrency: 1,
      waitTime: '1s',
      handlers: {
        job(_job, { receives }) {
          handled.add(receives)
          if (handled.items.length === 3) consumer.stop().then(stopped.resolve, stopped.reject)
        },
      },
    })
    await consumer.start()
    expect(await stopped.promise).toEqual({ released: 0, abandoned: 0 })
    expect(handled.items).toEqual([1, 1, 1])
    expect(new Set(asked.receive.map(({ max }) => max))).toEqual(new Set([1]))
    const queue = await aws.queue(jobs)
    const left = await aws.sqs.receive(queue, { max: 10, wait: 1, visibilityTimeout: 30 }, { timeout: 5_000 })
    expect(new Set(left.map(({ receives }) => receives))).toEqual(new Set([1]))
  },
)
