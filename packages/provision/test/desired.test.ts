import { ProvisionError } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import type { Declared } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { type Declaration, sorted } from '../src/declarations.ts'
import { desiredOf } from '../src/desired.ts'
import { neededBy } from '../src/needed.ts'
import { OrderCancelled, OrderPaid, orders, receipts, SendReceipt, shop, stock } from './support/contracts.ts'

const place = (service: string) => (declared: Declared) => {
  const name = `dev-${declared.name}${declared.fifo ? '.fifo' : ''}`
  return { name, arn: `arn:aws:${service}:eu-central-1:123456789012:${name}` }
}
const sqs = (name: string) => `arn:aws:sqs:eu-central-1:123456789012:${name}`
const sns = (name: string) => `arn:aws:sns:eu-central-1:123456789012:${name}`

const desired = (...declarations: Declaration[]) =>
  desiredOf(neededBy(sorted(declarations, 'plan')), { queue: place('sqs'), topic: place('sns') })

/** The attributes wanted of the queue with this declared name. */
const queue = (name: string, ...declarations: Declaration[]) =>
  desired(...declarations).queues.find(({ declared }) => declared.name === name)

describe('of a queue is wanted', () => {
  test('what it declares, long polls, and a redrive policy', () => {
    expect(queue('receipts', receipts)?.attributes).toEqual({
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '0',
      MaximumMessageSize: '1048576',
      ReceiveMessageWaitTimeSeconds: '20',
      SqsManagedSseEnabled: 'true',
      RedrivePolicy: `{"deadLetterTargetArn":"${sqs('dev-receipts-dead-letter')}","maxReceiveCount":20}`,
    })
  })

  test('its delay, its size, its KMS key', () => {
    const jobs = defineQueue('jobs', {
      messages: [SendReceipt],
      delay: '10s',
      maximumMessageSize: 2_048,
      encryption: { kmsKey: 'alias/jobs', dataKeyReuse: '1h' },
    })
    expect(queue('jobs', jobs)?.attributes).toEqual({
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '10',
      MaximumMessageSize: '2048',
      ReceiveMessageWaitTimeSeconds: '20',
      KmsMasterKeyId: 'alias/jobs',
      KmsDataKeyReusePeriodSeconds: '3600',
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
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      MessageRetentionPeriod: '1209600',
      DelaySeconds: '0',
      MaximumMessageSize: '1048576',
      ReceiveMessageWaitTimeSeconds: '20',
      SqsManagedSseEnabled: 'true',
      RedriveAllowPolicy: `{"redrivePermission":"byQueue","sourceQueueArns":["${sqs('dev-stock.fifo')}"]}`,
    })
  })

  test('all that SQS takes in a message, under the key and with the tags of its queue', () => {
    const jobs = defineQueue('jobs', {
      messages: [SendReceipt],
      maximumMessageSize: 1_024,
      encryption: { kmsKey: 'alias/jobs' },
      tags: { team: 'jobs' },
      deadLetter: {},
    })
    expect(queue('jobs-dead-letter', jobs)).toMatchObject({
      attributes: {
        MaximumMessageSize: '1048576',
        KmsMasterKeyId: 'alias/jobs',
        KmsDataKeyReusePeriodSeconds: '300',
      },
      tags: { team: 'jobs' },
    })
  })

  test('the same for what SNS can not deliver, without sources: no queue redrives to it', () => {
    const audit = defineQueue('audit', {
      subscriptions: [orders.select('order.paid')],
      encryption: { kmsKey: 'alias/audit' },
      tags: { team: 'audit' },
    })
    const undelivered = queue('audit-undelivered', audit)
    expect(undelivered).toMatchObject({ attributes: { KmsMasterKeyId: 'alias/audit' }, tags: { team: 'audit' } })
    expect(undelivered?.attributes).not.toHaveProperty('RedriveAllowPolicy')
  })

  test('what it declares, when it is declared itself', () => {
    const failed = defineQueue('receipts-dead-letter', { messages: [SendReceipt], retention: '10d' })
    const { queues } = desired(receipts, failed)
    expect(queues.map(({ declared }) => declared.name)).toEqual(['receipts-dead-letter', 'receipts'])
    expect(queues[0]?.attributes).toMatchObject({ MessageRetentionPeriod: '864000' })
  })

  test('that of several queues, where they agree, and the tags that they have in common', () => {
    const [first, second] = ['b', 'a'].map((name) =>
      defineQueue(name, {
        messages: [SendReceipt],
        encryption: { kmsKey: 'alias/shared' },
        tags: { team: 'shop', name },
        deadLetter: { name: 'failed' },
      }),
    )
    if (!first || !second) throw new Error('no queues')
    expect(queue('failed', first, second)).toMatchObject({
      attributes: {
        KmsMasterKeyId: 'alias/shared',
        RedriveAllowPolicy: `{"redrivePermission":"byQueue","sourceQueueArns":["${sqs('dev-a')}","${sqs('dev-b')}"]}`,
      },
      tags: { team: 'shop' },
    })
    expect(queue('failed', first, second)?.tags).toEqual({ team: 'shop' })
  })

  test('any source, where there are more than the ten that SQS can name', () => {
    const sources = Array.from({ length: 11 }, (_, index) =>
      defineQueue(`q${index}`, { messages: [SendReceipt], deadLetter: { name: 'failed' } }),
    )
    expect(queue('failed', ...sources)?.attributes).toMatchObject({
      RedriveAllowPolicy: '{"redrivePermission":"allowAll"}',
    })
    expect(queue('failed', ...sources.slice(1))?.attributes['RedriveAllowPolicy']).toContain('byQueue')
  })

  const sharing = { messages: [SendReceipt], deadLetter: { name: 'failed' } } as const
  const ordered = { ...sharing, fifo: true, group: () => 'g' } as const

  test.each([
    [
      [
        defineQueue('a', { ...sharing, encryption: { kmsKey: 'alias/a', dataKeyReuse: '1h' } }),
        defineQueue('b', sharing),
      ],
      "Queues 'a' and 'b' share the dead-letter queue 'failed', and differ in their encryption: 'alias/a' for 3600 s and none of their own. Declare the same for both, or another deadLetter.name for one.",
    ],
    [
      [defineQueue('a', ordered), defineQueue('b', ordered), defineQueue('c', { ...ordered, throughput: 'standard' })],
      "Queues 'a' and 'c' share the dead-letter queue 'failed', and differ in their throughput: 'high' and 'standard'. Declare the same for both, or another deadLetter.name for one.",
    ],
  ] as const)('not two things at once: %#', (declarations, message) => {
    expect(() => desired(...declarations)).toThrow(new ProvisionError('conflict', message))
  })

  test('its own encryption, when it is declared itself, whatever its sources have', () => {
    const a = defineQueue('a', { ...sharing, encryption: { kmsKey: 'alias/a' } })
    const failed = defineQueue('failed', { messages: [SendReceipt], encryption: { kmsKey: 'alias/failed' } })
    expect(queue('failed', a, defineQueue('b', sharing), failed)?.attributes).toMatchObject({
      KmsMasterKeyId: 'alias/failed',
      RedriveAllowPolicy: expect.stringContaining(sqs('dev-b')),
    })
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
      { FifoTopic: 'true', FifoThroughputScope: 'MessageGroup' },
      {},
      { FifoTopic: 'true', FifoThroughputScope: 'Topic' },
    ])
  })

  test('a size and a key, where they are declared', () => {
    const large = defineTopic('large', {
      messages: [OrderPaid],
      maximumMessageSize: 1_048_576,
      encryption: { kmsKey: 'alias/large' },
      tags: { team: 'shop' },
    })
    expect(desired(large).topics).toMatchObject([
      {
        attributes: { MaximumMessageSize: '1048576', KmsMasterKeyId: 'alias/large' },
        tags: { team: 'shop' },
      },
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
    new ProvisionError(
      'conflict',
      "Two declarations of queue 'receipts': pass one object, made once and imported everywhere.",
    ),
  )
  expect(desired(receipts, receipts).queues).toHaveLength(2)
})
