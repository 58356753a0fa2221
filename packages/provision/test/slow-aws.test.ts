import { apply, destroy, plan, ProvisionError } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { type Connection, SqsError } from '@waybill/sqs'
import { type ApiCall, fail, type Fault, hang, simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OrderPaid, orders, receipts, SendReceipt, shop } from './support/contracts.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

const seconds = () => Math.round(aws.clock.now() / 1_000)

describe('the name of a deleted queue', () => {
  test('is waited for: SQS gives it free after 60 s', async () => {
    await apply(await plan(aws, shop))
    await destroy(aws, shop)
    await apply(await plan(aws, shop))
    expect(seconds()).toBe(60)
    expect(String(await plan(aws, shop))).toBe('')
  })

  test('is named in the error when it stays taken', async () => {
    const taken = new SqsError('deleted-recently', 'wait', { verdict: 'later', unknown: false })
    aws.faults.on('admin', fail(taken), { when: ({ action }) => action === 'CreateQueue' })
    await expect(plan(aws, shop).then(apply)).rejects.toThrow(
      new ProvisionError(
        'not-in-effect',
        "SQS keeps the name of queue 'dev-receipts-dead-letter', which was deleted, still after 60 s. Apply again.",
      ),
    )
  })
})

test('a queue that is created is waited for until it is found, and has attributes', async () => {
  const planned = await plan(aws, [defineQueue('jobs', { messages: [SendReceipt] })])
  aws.faults.on('admin', fail('queue-missing'), { times: 20, when: ({ action }) => action === 'GetQueueUrl' })
  aws.faults.on('admin', fail('queue-missing'), { times: 10, when: ({ action }) => action === 'GetQueueAttributes' })
  await apply(planned)
  expect(seconds()).toBe(30)
})

describe('a redrive policy that SQS refuses because its dead-letter queue is not in force yet', () => {
  const jobs = defineQueue('jobs', { messages: [SendReceipt], deadLetter: {} })
  /** The call, as one that names a dead-letter queue which SQS does not know. */
  const tooEarly: Fault = ({ input }, make) => {
    const RedrivePolicy = '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:unknown","maxReceiveCount":10}'
    return make({ ...input, Attributes: { RedrivePolicy } })
  }
  const withRedrivePolicy = (action: string) => (call: ApiCall) =>
    call.action === action && JSON.stringify(call.input).includes('maxReceiveCount')

  test('is set again, with the queue that is created and with the one that is there', async () => {
    aws.faults.on('admin', tooEarly, { times: 5, when: withRedrivePolicy('CreateQueue') })
    await apply(await plan(aws, [jobs]))
    await aws.admin.setQueueAttributes((await aws.queue(jobs)).url, { RedrivePolicy: '' })
    aws.faults.on('admin', tooEarly, { times: 5, when: withRedrivePolicy('SetQueueAttributes') })
    await apply(await plan(aws, [jobs]))
    expect(seconds()).toBeGreaterThan(5)
    expect(String(await plan(aws, [jobs]))).toBe('')
  })

  test('is given up after a minute, with what SQS says', async () => {
    aws.faults.on('admin', tooEarly, { when: withRedrivePolicy('CreateQueue') })
    await expect(plan(aws, [jobs]).then(apply)).rejects.toMatchObject({
      code: 'redrive-refused',
      message: expect.stringContaining('Dead letter target does not exist.'),
    })
    expect(seconds()).toBeGreaterThanOrEqual(60)
    expect(seconds()).toBeLessThan(75)
  })
})

describe('a queue that does not show what was done, for longer than a minute, is named:', () => {
  const jobs = defineQueue('jobs', { messages: [SendReceipt], deadLetter: {} })
  const news = defineTopic('news', { messages: [OrderPaid] })

  test('one that is not found', async () => {
    const planned = await plan(aws, [jobs])
    aws.faults.on('admin', fail('queue-missing'), { when: ({ action }) => action === 'GetQueueUrl' })
    await expect(apply(planned)).rejects.toThrow(
      new ProvisionError(
        'not-in-effect',
        "queue 'dev-jobs-dead-letter' is created but not to be found, still after 60 s. Apply again.",
      ),
    )
  })

  test('one that is not found any more when it gets its policy', async () => {
    const planned = await plan(aws, [defineQueue('inbox', { subscriptions: [news.select('order.paid')] })])
    let found = 0
    aws.faults.on('admin', fail('queue-missing'), {
      when: ({ action }) => {
        if (action === 'GetQueueAttributes') found++
        return action === 'GetQueueUrl' && found === 2
      },
    })
    await expect(apply(planned)).rejects.toThrow(
      new ProvisionError(
        'not-in-effect',
        "queue 'dev-inbox-undelivered' is not to be found, still after 60 s. Apply again.",
      ),
    )
  })

  test('one whose redrive allow policy does not hold', async () => {
    const away = defineQueue('away', { messages: [SendReceipt], deadLetter: { name: 'jobs-dead-letter' } })
    await apply(await plan(aws, [jobs]))
    const admin: Connection['admin'] = {
      ...aws.admin,
      queueAttributes: async (url) => ({ ...(await aws.admin.queueAttributes(url)), RedriveAllowPolicy: '{}' }),
    }
    await expect(plan({ ...aws, admin }, [jobs, away]).then(apply)).rejects.toThrow(
      new ProvisionError(
        'not-in-effect',
        "the RedriveAllowPolicy of queue 'dev-jobs-dead-letter' is set but does not hold, still after 60 s. Apply again.",
      ),
    )
  })
})

describe('a policy', () => {
  /** Shows no policy until so many seconds have passed. */
  function holdsAfter(limit: number) {
    const subscribedAt: number[] = []
    const admin: Connection['admin'] = {
      ...aws.admin,
      queueAttributes: async (url) => {
        const { Policy, ...others } = await aws.admin.queueAttributes(url)
        return Policy === undefined || seconds() < limit ? others : { ...others, Policy }
      },
      subscribe: (...subscription) => {
        subscribedAt.push(seconds())
        return aws.admin.subscribe(...subscription)
      },
    }
    return { connection: { ...aws, admin }, subscribedAt }
  }

  test('holds before anything subscribes', async () => {
    const { connection, subscribedAt } = holdsAfter(30)
    await apply(await plan(connection, shop))
    expect(subscribedAt).toEqual([30, 30])
  })

  test('is set again only after ten looks at which it did not hold', async () => {
    const { connection } = holdsAfter(25)
    await apply(await plan(connection, shop))
    const writes = aws.requests.filter(
      ({ action, target }) => action === 'SetQueueAttributes' && target === 'dev-receipts-dead-letter',
    )
    expect(writes.map(({ at }) => at)).toEqual([0, 9_000, 19_000])
  })

  test('that does not hold in time is named, and nothing subscribes', async () => {
    const { connection, subscribedAt } = holdsAfter(120)
    await expect(plan(connection, shop).then(apply)).rejects.toThrow(
      new ProvisionError(
        'not-in-effect',
        "the policy of queue 'dev-receipts-dead-letter' is set but does not hold, still after 60 s. Apply again.",
      ),
    )
    expect(subscribedAt).toEqual([])
  })
})

test('a call that is not answered is given up after 10 s', async () => {
  aws.faults.on('admin', hang())
  await expect(plan(aws, shop)).rejects.toMatchObject({ code: 'timeout' })
  expect(seconds()).toBe(10)
})

describe('calls of which there are too many', () => {
  test('are made again, to plan, to apply and to destroy', async () => {
    aws.faults.on('admin', fail('throttled'), { probability: 0.5 })
    await apply(await plan(aws, shop))
    expect(String(await plan(aws, shop))).toBe('')
    await destroy(aws, shop)
    await expect(aws.admin.findQueue('dev-receipts')).resolves.toBeUndefined()
  })

  test('are made again when it is the look-up of a topic', async () => {
    let refusals = 3
    const topic: Connection['topic'] = async (declared) => {
      if (refusals-- > 0) throw new SqsError('throttled', 'wait', { verdict: 'later', unknown: false })
      return aws.topic(declared)
    }
    expect((await plan({ ...aws, topic }, [orders])).changes).toHaveLength(1)
  })

  test('are given up after a minute', async () => {
    aws.faults.on('admin', fail('throttled'))
    await expect(plan(aws, shop)).rejects.toMatchObject({ code: 'throttled' })
    expect(seconds()).toBeGreaterThanOrEqual(60)
    expect(seconds()).toBeLessThan(75)
  })

  test('are no others: what was refused for another reason is told at once', async () => {
    aws.faults.on('admin', fail('access-denied'), { when: ({ action }) => action === 'CreateQueue' })
    await expect(plan(aws, [receipts]).then(apply)).rejects.toMatchObject({ code: 'access-denied' })
    expect(seconds()).toBe(0)
  })
})
