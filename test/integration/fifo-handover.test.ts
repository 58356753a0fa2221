import { setImmediate } from 'node:timers/promises'
import { expect } from 'vitest'
import { defineQueue, type PayloadOf, retry } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { Gate } from '../support/gate.ts'
import { Inbox } from '../support/inbox.ts'
import { started } from './support/consumers.ts'
import { numbers } from './support/numbers.ts'
import { deploy, left } from './support/queues.ts'
import { byGroup, inOrder, sendSteps, Step } from './support/steps.ts'

type Handled = PayloadOf<typeof Step>
const kind = {
  messages: [Step],
  fifo: true,
  group: ({ payload }: { payload: Handled }) => payload.group,
  deadLetter: { attempts: 3 },
} as const
/** What is not given back stays hidden for longer than a test may take. */
const steps = defineQueue('steps', { ...kind, visibilityTimeout: '2m' })
const brief = defineQueue('brief', { ...kind, visibilityTimeout: '5s' })

describeEachBackend('groups of a FIFO queue', ({ test }) => {
  test('are given back while their consumer is paused, and come in order to another', async ({ aws }) => {
    const queue = await deploy(aws, brief)
    const groups = numbers(12).map((n) => `g${n}`)
    await sendSteps(aws, brief, groups, 2)
    const parked = new Inbox<Handled>()
    const first = await started(aws, brief, { step: (step) => (parked.add(step), retry({ delay: '4s' })) })
    await parked.first(12)
    first.pause()
    const handled = new Inbox<Handled>()
    const second = await started(aws, brief, { step: (step) => handled.add(step) })
    expect(byGroup(await handled.first(24))).toEqual(inOrder(groups, 2))
    await Promise.all([first.stop(), second.stop()])
    expect(await left(aws, queue)).toBe(0)
  })

  test('go on in order at another consumer when their own stops in the middle', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    await sendSteps(aws, steps, ['a'], 6)
    const handled = new Inbox<number>()
    const gate = new Gate()
    const first = await started(aws, steps, {
      async step({ n }) {
        if (n === 3) await gate.pass()
        handled.add(n)
      },
    })
    await gate.reached
    const stopping = first.stop()
    const polled = Promise.withResolvers<void>()
    const second = await started(
      aws,
      steps,
      { step: ({ n }) => handled.add(n) },
      { on: { received: () => polled.resolve() } },
    )
    // It has asked, and was given nothing: the third is still being handled.
    await polled.promise
    expect(handled.items).toEqual([1, 2])
    gate.open()
    expect(await stopping).toMatchObject({ abandoned: 0 })
    expect(await handled.first(6)).toEqual(numbers(6))
    await second.stop()
    expect(await left(aws, queue)).toBe(0)
  })

  test('three hundred of them, are each handled in order by two consumers, by one at a time', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    const groups = numbers(300).map((n) => `g${n}`)
    await sendSteps(aws, steps, groups, 2)
    const handled = new Inbox<Handled>()
    const running = new Set<string>()
    const handledTwiceAtOnce: string[] = []
    const handlers = {
      async step(step: Handled) {
        if (running.has(step.group)) handledTwiceAtOnce.push(step.group)
        running.add(step.group)
        await setImmediate()
        running.delete(step.group)
        handled.add(step)
      },
    }
    const consumers = await Promise.all([1, 2].map(() => started(aws, steps, handlers, { concurrency: 50 })))
    expect(byGroup(await handled.first(600))).toEqual(inOrder(groups, 2))
    expect(handledTwiceAtOnce).toEqual([])
    await Promise.all(consumers.map((consumer) => consumer.stop()))
    expect(await left(aws, queue)).toBe(0)
  })
})
