import { type Allowance, apply, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OrderPaid, SendReceipt, shop, stock } from './support/contracts.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

test('what SQS can not change in place is left alone, whatever is allowed', async () => {
  await aws.admin.createQueue('dev-stock.fifo', { FifoQueue: 'true', ReceiveMessageWaitTimeSeconds: '20' })
  await aws.admin.createTopic('dev-orders.fifo', { FifoTopic: 'true', FifoThroughputScope: 'Topic' })
  const allow = [
    'lower-retention',
    'lower-max-receive-count',
    'lower-maximum-message-size',
    'other-encryption',
  ] as const
  await apply(await plan(aws, shop, { allow }))
  const advice = 'Declare another name, or the throughput that it has.'
  const found = await plan(aws, shop, { allow })
  expect(String(found).split('\n')).toEqual([
    `can't change queue dev-stock.fifo: DeduplicationScope from queue to messageGroup: a queue shows another scope, and goes on as before. ${advice}`,
    `can't change queue dev-stock.fifo: FifoThroughputLimit from perQueue to perMessageGroupId: it takes the DeduplicationScope messageGroup. ${advice}`,
    `can't change topic dev-orders.fifo: FifoThroughputScope from Topic to MessageGroup: a topic deduplicates within it, and SNS does not take MessageGroup back. ${advice}`,
  ])
  expect(await apply(found)).toEqual({ made: [], left: found.changes })
})

describe('the throughput limit of a FIFO queue is changed in place, where the deduplication scope', () => {
  const limit = (from: string, to: string) => `update queue dev-stock.fifo: FifoThroughputLimit from ${from} to ${to}`

  test('is that of a message group already', async () => {
    await apply(await plan(aws, shop))
    const { url } = await aws.queue(stock)
    await aws.admin.setQueueAttributes(url, { FifoThroughputLimit: 'perQueue' })
    const found = await plan(aws, shop)
    expect(String(found)).toBe(limit('perQueue', 'perMessageGroupId'))
    await apply(found)
    expect(String(await plan(aws, shop))).toBe('')
  })

  test('need not be: one limit for the queue', async () => {
    const options = { messages: [SendReceipt], fifo: true, group: () => 'all' } as const
    await apply(await plan(aws, [defineQueue('stock', options)]))
    const found = await plan(aws, [defineQueue('stock', { ...options, throughput: 'standard' })])
    expect(String(found).split('\n')).toEqual([
      expect.stringMatching(/^can't change queue dev-stock.fifo: DeduplicationScope from messageGroup to queue: /),
      limit('perMessageGroupId', 'perQueue'),
    ])
    await apply(found)
    expect(await aws.admin.queueAttributes((await aws.queue(stock)).url)).toMatchObject({
      FifoThroughputLimit: 'perQueue',
    })
  })
})

describe('left alone, until it is allowed, is', () => {
  const [arn, topicArn] = ['sqs', 'sns'].map((service) => `arn:aws:${service}:us-east-1:000000000000:dev-`)
  const jobs = defineQueue('jobs', { messages: [SendReceipt], deadLetter: {} })
  const news = defineTopic('news', { messages: [OrderPaid] })
  const redrive = (maxReceiveCount: number) =>
    JSON.stringify({ deadLetterTargetArn: `${arn}jobs-dead-letter`, maxReceiveCount })
  const keyed = { kmsKey: 'alias/jobs' }
  const jobsWithKey = defineQueue('jobs', { messages: [SendReceipt], deadLetter: {}, encryption: keyed })
  const newsWithKey = defineTopic('news', { messages: [OrderPaid], encryption: keyed })

  async function expectLeft(declared: typeof jobs | typeof news, allowance: Allowance, line: string): Promise<void> {
    const found = await plan(aws, [declared])
    expect(String(found)).toBe(`can't change ${line} Plan with allow: ['${allowance}'] to do it.`)
    expect(found.changes).toMatchObject([{ allowance }])
    expect(await apply(found)).toEqual({ made: [], left: found.changes })
    const allowed = await plan(aws, [declared], { allow: [allowance] })
    const change = line.replace(/: [^:]*$/, '')
    expect(String(allowed)).toBe(`update ${change}`)
    await apply(allowed)
    expect(String(await plan(aws, [declared]))).toBe('')
  }

  const set = async (attributes: Readonly<Record<string, string>>) =>
    aws.admin.setQueueAttributes((await aws.queue(jobs)).url, attributes)

  beforeEach(async () => {
    await apply(await plan(aws, [jobs, news]))
  })

  test('a lower retention', async () => {
    await set({ MessageRetentionPeriod: '1209600' })
    const why = 'lowering it deletes older messages.'
    await expectLeft(jobs, 'lower-retention', `queue dev-jobs: MessageRetentionPeriod from 1209600 to 345600: ${why}`)
  })

  test('a lower maxReceiveCount', async () => {
    await set({ RedrivePolicy: redrive(100) })
    const why = 'lowering maxReceiveCount moves messages that were received that often.'
    await expectLeft(
      jobs,
      'lower-max-receive-count',
      `queue dev-jobs: RedrivePolicy from ${redrive(100)} to ${redrive(20)}: ${why}`,
    )
  })

  test('a lower size of messages, of a queue and of a topic', async () => {
    const small = defineQueue('jobs', { messages: [SendReceipt], deadLetter: {}, maximumMessageSize: 2_048 })
    const why = 'lowering it refuses larger messages, which may be on their way.'
    await expectLeft(
      small,
      'lower-maximum-message-size',
      `queue dev-jobs: MaximumMessageSize from 1048576 to 2048: ${why}`,
    )
    await aws.admin.setTopicAttribute(`${topicArn}news`, 'MaximumMessageSize', '1048576')
    await expectLeft(
      news,
      'lower-maximum-message-size',
      `topic dev-news: MaximumMessageSize from 1048576 to 262144: ${why}`,
    )
  })

  const why = 'new messages would no longer be encrypted with this key.'

  test('another KMS key', async () => {
    await set({ KmsMasterKeyId: 'alias/theirs', SqsManagedSseEnabled: 'false' })
    const { url } = await aws.queue({ name: 'jobs-dead-letter', fifo: false })
    await aws.admin.setQueueAttributes(url, { KmsMasterKeyId: 'alias/jobs', SqsManagedSseEnabled: 'false' })
    await expectLeft(
      jobsWithKey,
      'other-encryption',
      `queue dev-jobs: KmsMasterKeyId from alias/theirs to alias/jobs: ${why}`,
    )
    await aws.admin.setTopicAttribute(`${topicArn}news`, 'KmsMasterKeyId', 'alias/theirs')
    await expectLeft(
      newsWithKey,
      'other-encryption',
      `topic dev-news: KmsMasterKeyId from alias/theirs to alias/jobs: ${why}`,
    )
  })

  test('no KMS key any more, on a queue the key of SQS in its place', async () => {
    await set({ KmsMasterKeyId: 'alias/theirs', SqsManagedSseEnabled: 'false' })
    await expectLeft(jobs, 'other-encryption', `queue dev-jobs: KmsMasterKeyId from alias/theirs to nothing: ${why}`)
    expect(await aws.admin.queueAttributes((await aws.queue(jobs)).url)).toMatchObject({ SqsManagedSseEnabled: 'true' })
    await aws.admin.setTopicAttribute(`${topicArn}news`, 'KmsMasterKeyId', 'alias/theirs')
    await expectLeft(news, 'other-encryption', `topic dev-news: KmsMasterKeyId from alias/theirs to nothing: ${why}`)
  })

  test('but not a KMS key where there was none, nor encryption where it was switched off', async () => {
    expect(String(await plan(aws, [jobsWithKey, newsWithKey])).split('\n')).toEqual([
      'update queue dev-jobs-dead-letter: KmsMasterKeyId from nothing to alias/jobs',
      'update queue dev-jobs: KmsMasterKeyId from nothing to alias/jobs',
      'update topic dev-news: KmsMasterKeyId from nothing to alias/jobs',
    ])
    await apply(await plan(aws, [jobsWithKey, newsWithKey]))
    expect(String(await plan(aws, [jobsWithKey, newsWithKey]))).toBe('')
    await set({ KmsMasterKeyId: '', SqsManagedSseEnabled: 'false' })
    expect(String(await plan(aws, [jobs]))).toContain('update queue dev-jobs: SqsManagedSseEnabled from false to true')
  })

  test('and a data key may be used longer, or shorter', async () => {
    await apply(await plan(aws, [jobsWithKey]))
    await set({ KmsDataKeyReusePeriodSeconds: '86400' })
    expect(String(await plan(aws, [jobsWithKey]))).toBe(
      'update queue dev-jobs: KmsDataKeyReusePeriodSeconds from 86400 to 300',
    )
  })
})
