import { apply, destroy, plan } from '@waybill/provision'
import { defineQueue } from '@waybill/schema'
import { type Declared, SqsError } from '@waybill/sqs'
import { simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { orders, receipts, SendReceipt, shop, stock } from './support/contracts.ts'
import { subjects } from './support/subjects.ts'
import { subscriptionTo } from './support/subscription-to.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

describe('on an empty account', () => {
  test('a plan lists everything, in the order in which it is made', async () => {
    expect(subjects(await plan(aws, shop))).toEqual([
      'create queue dev-receipts-dead-letter',
      'create queue dev-stock-dead-letter.fifo',
      'create queue dev-receipts',
      'create queue dev-stock.fifo',
      'create policy dev-receipts-dead-letter',
      'create policy dev-stock-dead-letter.fifo',
      'create policy dev-receipts',
      'create policy dev-stock.fifo',
      'create topic dev-orders.fifo',
      'create subscription dev-orders.fifo to dev-receipts',
      'create subscription dev-orders.fifo to dev-stock.fifo',
    ])
  })

  test('a plan changes nothing', async () => {
    const first = await plan(aws, shop)
    expect(subjects(await plan(aws, shop))).toEqual(subjects(first))
    await expect(aws.queue(receipts)).rejects.toMatchObject({ code: 'queue-not-found' })
  })

  test('a plan reads as one line a change', async () => {
    const jobs = defineQueue('jobs', { messages: [SendReceipt] })
    expect(String(await plan(aws, [jobs]))).toBe(
      'create queue dev-jobs: VisibilityTimeout=30 MessageRetentionPeriod=345600 DelaySeconds=0 MaximumMessageSize=1048576 ReceiveMessageWaitTimeSeconds=20 SqsManagedSseEnabled=true',
    )
  })

  test('what is applied is as declared: the next plan is empty', async () => {
    const { made, left } = await apply(await plan(aws, shop))
    expect([made.length, left]).toEqual([11, []])
    expect(String(await plan(aws, shop))).toBe('')
  })

  test('a message reaches the queues that selected its type, as it was published', async () => {
    await apply(await plan(aws, shop))
    const topic = await aws.topic(orders)
    const entry = (type: string) => ({
      body: `{"type":"${type}"}`,
      attributes: { 'waybill-type': { type: 'String', value: type } },
      group: 'g',
      deduplicationId: type,
    })
    await aws.sns.publish(topic, [entry('order.cancelled'), entry('order.paid')], { timeout: 5_000 })
    const first = async (declared: Declared) => {
      const request = { max: 1, wait: 5, visibilityTimeout: 30 }
      const [message] = await aws.sqs.receive(await aws.queue(declared), request, { timeout: 10_000 })
      return message?.body
    }
    expect(await first(receipts)).toBe('{"type":"order.paid"}')
    expect(await first(stock)).toBe('{"type":"order.cancelled"}')
  })

  test('two machines may apply equal declarations at once', async () => {
    const other = aws.connect()
    const plans = [await plan(aws, shop), await plan(other, shop)]
    await Promise.all(plans.map(apply))
    expect(String(await plan(aws, shop))).toBe('')
    expect(await aws.admin.subscriptions((await aws.topic(orders)).arn)).toHaveLength(2)
  })
})

test('a plan warns of a retention that leaves little time in the dead-letter queue', async () => {
  const warnings: string[] = []
  const { logger } = aws
  const warn = (_fields: object | string, message = '') => void warnings.push(message)
  const loud = { ...aws, logger: { ...logger, warn } }
  const old = defineQueue('old', { messages: [SendReceipt], retention: '10d', deadLetter: {} })
  const week = defineQueue('week', { messages: [SendReceipt], retention: '7d', deadLetter: {} })
  const ordered = { fifo: true, group: () => 'g' } as const
  const fifo = defineQueue('fifo', { messages: [SendReceipt], retention: '10d', deadLetter: {}, ...ordered })
  await plan(loud, [old, week, fifo, receipts])
  expect(warnings).toEqual(["after 10 days in queue 'old' a message has 4 left in its dead-letter queue"])
})

describe('destroy', () => {
  test('leaves nothing of what was declared, and may be called again', async () => {
    await apply(await plan(aws, shop))
    await destroy(aws, shop)
    expect(subjects(await plan(aws, shop)).every((subject) => subject.startsWith('create'))).toBe(true)
    await destroy(aws, shop)
  })

  test('passes over a queue that is gone by the time of its turn', async () => {
    await apply(await plan(aws, shop))
    const deleteQueue: Simulation['admin']['deleteQueue'] = async (url) => {
      await aws.admin.deleteQueue(url)
      throw new SqsError('queue-not-found', 'gone', { verdict: 'never', unknown: false })
    }
    await destroy({ ...aws, admin: { ...aws.admin, deleteQueue } }, shop)
    expect(subjects(await plan(aws, shop)).every((subject) => subject.startsWith('create'))).toBe(true)
  })

  test('keeps a topic that is not listed, without its subscriptions to what is', async () => {
    await apply(await plan(aws, shop))
    await destroy(aws, [receipts])
    expect(await subscriptionTo(aws, receipts)).toBeUndefined()
    expect(await subscriptionTo(aws, stock)).toBeDefined()
    expect(String(await plan(aws, [orders, stock]))).toBe('')
  })
})
