import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Context, defineQueue, type PayloadOf } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { Gate } from '../support/gate.ts'
import { Inbox } from '../support/inbox.ts'
import { started } from './support/consumers.ts'
import { Job, sendJobs } from './support/jobs.ts'
import { CALL, deploy, left } from './support/queues.ts'
import { byGroup, inOrder, sendSteps, Step } from './support/steps.ts'

const jobs = defineQueue('jobs', { messages: [Job], visibilityTimeout: '5s' })
const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: ({ payload }) => payload.group,
  visibilityTimeout: '5s',
})

// The first consumer asks for no more while its handlers run: what is visible goes to the second.
describeEachBackend('a lease', ({ test }) => {
  test('is kept while a handler takes longer than the visibility timeout: nobody else gets the message', async ({
    aws,
  }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 1)
    const begun = new Inbox<number>()
    const ended = Promise.withResolvers<void>()
    const handlers = {
      async job(_job: unknown, { receives }: Context) {
        begun.add(receives)
        await setTimeout(8_000)
        ended.resolve()
      },
    }
    const first = await started(aws, jobs, handlers, { concurrency: 1 })
    await begun.first(1)
    const second = await started(aws, jobs, handlers)
    await ended.promise
    await Promise.all([first.stop(), second.stop()])
    expect({ receives: begun.items, left: await left(aws, queue) }).toEqual({ receives: [1], left: 0 })
  })

  test('is kept of what waits behind a slow message of its group', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    const groups = ['a', 'b', 'c']
    await sendSteps(aws, steps, groups, 3)
    const begun = new Inbox<string>()
    const handled = new Inbox<PayloadOf<typeof Step> & Pick<Context, 'receives'>>()
    const handlers = {
      async step(step: PayloadOf<typeof Step>, { receives }: Context) {
        begun.add(step.group)
        if (step.n === 1) await setTimeout(8_000)
        handled.add({ ...step, receives })
      },
    }
    const first = await started(aws, steps, handlers, { concurrency: 3 })
    await begun.first(3)
    const second = await started(aws, steps, handlers)
    const all = await handled.first(9)
    expect(byGroup(all)).toEqual(inOrder(groups, 3))
    expect(all.filter(({ receives }) => receives > 1)).toEqual([])
    await Promise.all([first.stop(), second.stop()])
    expect(await left(aws, queue)).toBe(0)
  })

  test('is kept of what waits for a slot of its type', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 3)
    const receives = new Inbox<number>()
    const all = Promise.withResolvers<void>()
    let received = 0
    const first = await started(
      aws,
      jobs,
      {
        job: {
          concurrency: 1,
          async handle(_job, context) {
            await setTimeout(3_000)
            receives.add(context.receives)
          },
        },
      },
      { on: { received: ({ count }) => (received += count) === 3 && all.resolve() } },
    )
    await all.promise
    const second = await started(aws, jobs, { job: (_job, context) => receives.add(context.receives) })
    expect(await receives.first(3)).toEqual([1, 1, 1])
    await Promise.all([first.stop(), second.stop()])
    expect(await left(aws, queue)).toBe(0)
  })

  test('lasts for as long as the handler has asked for, even when its consumer is gone', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 1)
    const gate = new Gate()
    const consumer = await started(aws, jobs, {
      async job(_job, context) {
        await context.extend('30s')
        await gate.pass()
      },
    })
    await gate.reached
    expect(await consumer.stop({ timeout: '1s' })).toEqual({ released: 0, abandoned: 1 })
    expect(await aws.sqs.receive(queue, { max: 1, wait: 6, visibilityTimeout: 30 }, CALL)).toEqual([])
    gate.open()
  })
})
