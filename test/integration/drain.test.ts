import { once } from 'node:events'
import { expect } from 'vitest'
import { defineQueue } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { Gate } from '../support/gate.ts'
import { Inbox } from '../support/inbox.ts'
import { started } from './support/consumers.ts'
import { Job, sendJobs } from './support/jobs.ts'
import { ascending, numbers } from './support/numbers.ts'
import { deploy, left, takeAll, takeOne } from './support/queues.ts'
import { sendSteps, Step } from './support/steps.ts'

/** What is not given back stays hidden for longer than a test may take. */
const jobs = defineQueue('jobs', { messages: [Job], visibilityTimeout: '2m', deadLetter: { attempts: 9 } })
const brief = defineQueue('brief', { messages: [Job], visibilityTimeout: '6s' })
const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: ({ payload }) => payload.group,
  visibilityTimeout: '2m',
})

describeEachBackend('a stop with work under way', ({ test }) => {
  test('lets what runs end and gives the rest back at once: nothing is lost, nothing handled twice', async ({
    aws,
  }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 60)
    const begun = new Inbox<number>()
    const handled: number[] = []
    const gate = new Gate()
    const manyReceived = Promise.withResolvers<void>()
    let received = 0
    const consumer = await started(
      aws,
      jobs,
      {
        job: {
          concurrency: 5,
          async handle({ n }) {
            begun.add(n)
            await gate.pass()
            handled.push(n)
          },
        },
      },
      { concurrency: 20, on: { received: ({ count }) => (received += count) >= 20 && manyReceived.resolve() } },
    )
    await Promise.all([begun.first(5), manyReceived.promise])
    const stopping = consumer.stop()
    const others = new Set<string>()
    // While five run, all others are there for another worker.
    while (others.size < 55) others.add((await takeOne(aws, queue)).body)
    expect(handled).toEqual([])
    gate.open()
    const { abandoned, released } = await stopping
    expect(released).toBeGreaterThanOrEqual(15)
    expect({ abandoned, handled }).toEqual({ abandoned: 0, handled: begun.items })
    const bodies = handled.map((n) => `{"n":${n}}`)
    expect(new Set([...others, ...bodies]).size).toBe(60)
    expect(await left(aws, queue)).toBe(55)
  })

  test('deletes what was handled, be it just now', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 20)
    const handled = new Inbox<number>()
    {
      await using _consumer = await started(aws, jobs, { job: ({ n }) => handled.add(n) }, { concurrency: 20 })
      await handled.first(20)
    }
    expect(await left(aws, queue)).toBe(0)
    expect(ascending(handled.items)).toEqual(numbers(20))
  })

  test('counts a handler that goes on, and leaves its message to its lease', async ({ aws }) => {
    const queue = await deploy(aws, brief)
    await sendJobs(aws, brief, 1)
    const gate = new Gate()
    const consumer = await started(aws, brief, { job: () => gate.pass() })
    await gate.reached
    expect(await consumer.stop({ timeout: '1s' })).toEqual({ released: 0, abandoned: 1 })
    expect(await takeAll(aws, queue)).toEqual([])
    expect(await takeOne(aws, queue)).toMatchObject({ receives: 2 })
    gate.open()
  })

  test('gives back at once what a handler leaves that heeds its signal, and counts no failure', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 1)
    const begun = Promise.withResolvers<void>()
    const outcomes: string[] = []
    const consumer = await started(
      aws,
      jobs,
      {
        async job(_job, { signal }) {
          begun.resolve()
          await once(signal, 'abort')
          signal.throwIfAborted()
        },
      },
      { on: { settled: ({ outcome }) => outcomes.push(outcome) } },
    )
    await begun.promise
    expect(await consumer.stop({ timeout: '4s' })).toEqual({ released: 1, abandoned: 0 })
    expect(outcomes).toEqual([])
    expect(await takeAll(aws, queue)).toHaveLength(1)
  })

  test('has a message that fails meanwhile come again after its back-off', async ({ aws }) => {
    await deploy(aws, jobs)
    await sendJobs(aws, jobs, 1)
    const gate = new Gate()
    const handlers = {
      async job() {
        await gate.pass()
        throw new Error('down')
      },
    }
    // Longer than the open poll, which would take it again.
    const first = await started(aws, jobs, handlers, { backoff: { first: '8s', max: '8s' } })
    await gate.reached
    const stopping = first.stop()
    gate.open()
    expect(await stopping).toEqual({ released: 0, abandoned: 0 })
    const attempts = new Inbox<number>()
    await using _second = await started(aws, jobs, { job: (_job, { attempt }) => attempts.add(attempt) })
    expect(await attempts.first(1)).toEqual([2])
  })

  test('gives a group back in order whose first message fails meanwhile', async ({ aws }) => {
    await deploy(aws, steps)
    await sendSteps(aws, steps, ['a'], 3)
    const gate = new Gate()
    const first = await started(aws, steps, {
      async step() {
        await gate.pass()
        throw new Error('down')
      },
    })
    await gate.reached
    const stopping = first.stop()
    gate.open()
    expect(await stopping).toMatchObject({ abandoned: 0 })
    const handled = new Inbox<number>()
    await using _second = await started(aws, steps, { step: ({ n }) => handled.add(n) })
    expect(await handled.first(3)).toEqual(numbers(3))
  })
})
