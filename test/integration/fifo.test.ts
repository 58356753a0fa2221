import { expect } from 'vitest'
import { defineQueue, type PayloadOf, retry } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { Inbox } from '../support/inbox.ts'
import { started } from './support/consumers.ts'
import { deadLetterQueue, deploy, left, sendRaw, takeAll } from './support/queues.ts'
import { byGroup, inOrder, sendSteps, Step } from './support/steps.ts'

const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: ({ payload }) => payload.group,
  visibilityTimeout: '2m',
  deadLetter: { attempts: 3 },
})

describeEachBackend('a FIFO queue', ({ test }) => {
  test('has each group handled in order, and groups side by side', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    const groups = ['a', 'b', 'c', 'd']
    await sendSteps(aws, steps, groups, 5)
    const handled = new Inbox<PayloadOf<typeof Step>>()
    const begun = new Set<string>()
    const allBegun = Promise.withResolvers<void>()
    const consumer = await started(aws, steps, {
      async step(step) {
        if (begun.add(step.group).size === groups.length) allBegun.resolve()
        await allBegun.promise
        handled.add(step)
      },
    })
    expect(byGroup(await handled.first(20))).toEqual(inOrder(groups, 5))
    await consumer.stop()
    expect(await left(aws, queue)).toBe(0)
  })

  test('has a failed message tried again before its followers, which burn no receive; other groups go on', async ({
    aws,
  }) => {
    await deploy(aws, steps)
    await sendSteps(aws, steps, ['a'], 3)
    await sendSteps(aws, steps, ['b'], 1)
    const log = new Inbox<string>()
    await using _consumer = await started(aws, steps, {
      step({ group, n }, { attempt, receives }) {
        log.add(`${group}${n} attempt ${attempt} receive ${receives}`)
        if (group === 'a' && n === 1 && attempt < 3) throw new Error('down')
      },
    })
    const all = await log.first(6)
    expect(all.filter((line) => line.startsWith('a'))).toEqual([
      'a1 attempt 1 receive 1',
      'a1 attempt 2 receive 1',
      'a1 attempt 3 receive 1',
      'a2 attempt 1 receive 1',
      'a3 attempt 1 receive 1',
    ])
    expect(all.indexOf('b1 attempt 1 receive 1')).toBeLessThan(all.indexOf('a1 attempt 3 receive 1'))
  })

  test('waits for as long as retry says, whatever the back-off, and its group behind it', async ({ aws }) => {
    await deploy(aws, steps)
    await sendSteps(aws, steps, ['a'], 2)
    const runs = new Inbox<{ readonly n: number; readonly at: number }>()
    await using _consumer = await started(
      aws,
      steps,
      {
        step({ n }, { attempt }) {
          runs.add({ n, at: performance.now() })
          return n === 1 && attempt === 1 ? retry({ delay: '2s' }) : undefined
        },
      },
      { backoff: { first: '10m' } },
    )
    const all = await runs.first(3)
    expect(all.map(({ n }) => n)).toEqual([1, 1, 2])
    const [first, again] = all.map(({ at }) => at)
    // Timers may ring a little early.
    expect((again ?? 0) - (first ?? 0)).toBeGreaterThan(1_990)
  })

  test('has the followers of a message handled that was moved to the dead-letter queue', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    await sendSteps(aws, steps, ['a'], 3)
    const log = new Inbox<string>()
    const consumer = await started(aws, steps, {
      step({ n }, { receives }) {
        if (n === 1) throw new Error('broken')
        log.add(`${n} receive ${receives}`)
      },
    })
    expect(await log.first(2)).toEqual(['2 receive 1', '3 receive 1'])
    await consumer.stop()
    expect(await left(aws, queue)).toBe(0)
    const dead = await takeAll(aws, await deadLetterQueue(aws, steps))
    expect(dead).toMatchObject([{ group: 'a', body: '{"group":"a","n":1}' }])
  })

  test('has an invalid message judged at its turn, not before', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    await sendSteps(aws, steps, ['a'], 2)
    const attributes = {
      'waybill-type': { type: 'String', value: 'step' },
      'waybill-version': { type: 'Number', value: '1' },
    }
    await sendRaw(aws, queue, { body: 'not JSON', attributes, group: 'a', deduplicationId: 'invalid' })
    await sendSteps(aws, steps, ['a'], 1)
    const log = new Inbox<string>()
    const consumer = await started(
      aws,
      steps,
      { step: ({ n }) => log.add(`handled ${n}`) },
      { on: { invalid: () => log.add('invalid') } },
    )
    expect(await log.first(4)).toEqual(['handled 1', 'handled 2', 'invalid', 'handled 1'])
    await consumer.stop()
    expect(await left(aws, queue)).toBe(0)
  })
})
