import { defineQueue, defineTopic } from '@waybill/schema'
import type { Declared } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { type Declaration, sorted } from '../src/declarations.ts'
import { desiredOf } from '../src/desired.ts'
import { OrderCancelled, OrderPaid, orders, receipts, SendReceipt, shop, stock } from './support/contracts.ts'

const place = (service: string) => (declared: Declared) => {
  const name = `dev-${declared.name}${declared.fifo ? '.fifo' : ''}`
  return { name, arn: `arn:aws:${service}:eu-central-1:123456789012:${name}` }
}
const sqs = (name: string) => `arn:aws:sqs:eu-central-1:123456789012:${name}`
const sns = (name: string) => `arn:aws:sns:eu-central-1:123456789012:${name}`

const desired = (...declarations: Declaration[]) =>
  desiredOf(sorted(declarations), { queue: place('sqs'), topic: place('sns') })

/** The attributes wanted of the queue with this declared name. */
const queue = (name: string, ...declarations: Declaration[]) =>
  desired(...declarations).queues.find(({ declared }) => declared.name === name)

describe('of a queue is wanted', () => {
  test('what it declares, long polls, and a redrive policy', () => {
    expect(queue('receipts', receipts)?.attributes).toEqual({
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '345600',
      ReceiveMessageWaitTimeSeconds: '20',
      RedrivePolicy: `{"deadLetterTargetArn":"${sqs('dev-receipts-dead-letter')}","maxReceiveCount":20}`,
    })
  })

  test.for([
    [1, 10],
    [5, 10],
    [6, 12],
    [500, 1_000],
  ] as const)('for %i attempts a maxReceiveCount of %i: SQS acts only when processes die', ([attempts, count]) => {
    const jobs = defineQueue('jobs', { messages: [SendReceipt], deadLetter: { attempts } })
    expect(JSON.parse(queue('jobs', jobs)?.attributes['RedrivePolicy'] ?? '')).toMatchObject({ maxReceiveCount: count })
  })

  test('on FIFO, high throughput, so that groups do not share one limit', () => {
    expect(queue('stock', stock)?.attributes).toMatchObject({
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    })
  })

  test('on FIFO with standard throughput, one limit and one scope', () => {
    const ledger = defineQueue('ledger', {
      messages: [SendReceipt],
      fifo: true,
      group: () => 'all',
      throughput: 'standard',
    })
    expect(queue('ledger', ledger)?.attributes).toMatchObject({
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
    })
  })
})

describe('of a dead-letter queue is wanted', () => {
  test('the longest retention, and the type and throughput of its queue', () => {
    expect(queue('stock-dead-letter', stock)?.attributes).toEqual({
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      MessageRetentionPeriod: '1209600',
      ReceiveMessageWaitTimeSeconds: '20',
    })
  })

  test('what it declares, when it is declared itself', () => {
    const failed = defineQueue('receipts-dead-letter', { messages: [SendReceipt], retention: '10d' })
    const { queues } = desired(receipts, failed)
    expect(queues.map(({ declared }) => declared.name)).toEqual(['receipts-dead-letter', 'receipts'])
    expect(queues[0]?.attributes).toMatchObject({ MessageRetentionPeriod: '864000' })
  })

  test('nothing before its own dead-letter queue', () => {
    const first = defineQueue('first', { messages: [SendReceipt], deadLetter: { name: 'second' } })
    const second = defineQueue('second', { messages: [SendReceipt], deadLetter: { name: 'third' } })
    expect(desired(first, second).queues.map(({ declared }) => declared.name)).toEqual(['third', 'second', 'first'])
  })
})

describe('of topics is wanted', () => {
  test('high throughput on FIFO, nothing on standard', () => {
    const plain = defineTopic('plain', { messages: [OrderPaid] })
    const slow = defineTopic('slow', { messages: [OrderPaid], fifo: true, group: () => 'all', throughput: 'standard' })
    expect(desired(orders, plain, slow).topics.map(({ attributes }) => attributes)).toEqual([
      { FifoTopic: 'true', ContentBasedDeduplication: 'false', FifoThroughputScope: 'MessageGroup' },
      {},
      { FifoTopic: 'true', ContentBasedDeduplication: 'false', FifoThroughputScope: 'Topic' },
    ])
  })

  test('those that only a subscription names too, each once', () => {
    expect(desired(receipts, stock).topics).toMatchObject([{ declared: { name: 'orders' } }])
    expect(desired(...shop).topics).toHaveLength(1)
  })
})

describe('of a subscription is wanted', () => {
  test('the bare body, the selected types, and a place for what can not be delivered', () => {
    expect(desired(stock).subscriptions).toMatchObject([
      {
        attributes: {
          TopicArn: sns('dev-orders.fifo'),
          Endpoint: sqs('dev-stock.fifo'),
          RawMessageDelivery: 'true',
          FilterPolicyScope: 'MessageAttributes',
          FilterPolicy: '{"waybill-type":["order.paid","order.cancelled"]}',
          RedrivePolicy: `{"deadLetterTargetArn":"${sqs('dev-stock-dead-letter.fifo')}"}`,
        },
      },
    ])
  })

  test('a queue of its own for that, when its queue has no dead-letter queue', () => {
    const audit = defineQueue('audit', { subscriptions: [orders.select('order.paid')] })
    const { queues, subscriptions } = desired(audit)
    expect(queues.map(({ declared }) => declared.name)).toEqual(['audit-undelivered', 'audit'])
    expect(subscriptions[0]?.attributes['RedrivePolicy']).toContain(sqs('dev-audit-undelivered'))
  })
})

describe('of a policy is wanted', () => {
  const clearance = defineTopic('clearance', { messages: [OrderCancelled] })
  const audit = defineQueue('audit', {
    subscriptions: [orders.select('order.paid'), clearance.select('order.cancelled')],
    deadLetter: { name: 'failed' },
  })

  test('one statement for all topics, on the queue and on its dead-letter queue', () => {
    const statement = (name: string) => ({
      Sid: 'waybill-dev-audit',
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: sqs(name),
      Condition: { ArnEquals: { 'aws:SourceArn': [sns('dev-orders.fifo'), sns('dev-clearance')] } },
    })
    expect(queue('audit', audit)?.statements).toEqual([statement('dev-audit')])
    expect(queue('failed', audit)?.statements).toEqual([statement('dev-failed')])
  })

  test('a statement for each queue, on a dead-letter queue that they share', () => {
    const billing = defineQueue('billing', {
      subscriptions: [clearance.select('order.cancelled')],
      deadLetter: { name: 'failed' },
    })
    expect(queue('failed', audit, billing)?.statements.map(({ Sid }) => Sid)).toEqual([
      'waybill-dev-audit',
      'waybill-dev-billing',
    ])
  })

  test('nothing, without subscriptions', () => {
    const jobs = defineQueue('jobs', { messages: [SendReceipt], deadLetter: {} })
    expect(desired(jobs).queues.flatMap(({ statements }) => statements)).toEqual([])
  })
})

test('two declarations of one name are refused', () => {
  const again = defineQueue('receipts', { messages: [SendReceipt] })
  expect(() => desired(receipts, again)).toThrow(
    "Two declarations of queue 'receipts': pass one object, made once and imported everywhere.",
  )
  expect(desired(receipts, receipts).queues).toHaveLength(2)
})
