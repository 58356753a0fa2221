import { apply, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OrderPaid, SendReceipt } from './support/contracts.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate()
})
afterEach(() => aws.close())

const jobs = defineQueue('jobs', { messages: [SendReceipt] })
const news = defineTopic('news', { messages: [OrderPaid] })
const inbox = defineQueue('inbox', { subscriptions: [news.select('order.paid')], deadLetter: {} })

const ACCOUNT = '000000000000'
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`
const WAYS = [
  ['name', (name: string) => name],
  ['URL', (name: string) => `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${name}`],
  ['ARN', queueArn],
] as const

describe.each(WAYS)('a queue of others, located by its %s', (_way, locate) => {
  const there = () => aws.connect({ locate: ({ name }) => (name === 'jobs' ? locate('theirs') : undefined) })

  test('is compared like what was made here, and repaired under its own name', async () => {
    await aws.admin.createQueue('theirs', { VisibilityTimeout: '60', ReceiveMessageWaitTimeSeconds: '20' })
    const found = await plan(there(), [jobs])
    expect(String(found)).toBe('update queue theirs: VisibilityTimeout from 60 to 30')
    await apply(found)
    expect(String(await plan(there(), [jobs]))).toBe('')
    expect(await aws.admin.findQueue('jobs')).toBeUndefined()
  })

  test('is created under that name, when it is missing', async () => {
    const found = await plan(there(), [jobs])
    expect(String(found)).toMatch(/^create queue theirs: /)
    await apply(found)
    expect(String(await plan(there(), [jobs]))).toBe('')
    expect(await aws.admin.findQueue('theirs')).toBeDefined()
  })
})

describe.each([
  ['name', (name: string) => name],
  ['ARN', (name: string) => `arn:aws:sns:us-east-1:${ACCOUNT}:${name}`],
])('a topic of others, located by its %s,', (_way, locate) => {
  test('feeds a dead-letter queue and a queue that were located too', async () => {
    await aws.admin.createTopic('cdk-news', {}, { team: 'theirs' })
    await aws.admin.createQueue('cdk-inbox', {})
    await aws.admin.createQueue('cdk-failed', {})
    const places: Readonly<Record<string, string>> = {
      news: locate('cdk-news'),
      inbox: queueArn('cdk-inbox'),
      'inbox-dead-letter': 'cdk-failed',
    }
    const there = aws.connect({ locate: ({ name }) => places[name] })
    await apply(await plan(there, [inbox]))
    const lines = String(await plan(there, [inbox])).split('\n')
    // the dead-letter queue was made without a RedriveAllowPolicy
    expect(lines).toEqual([expect.stringMatching(/^unmanaged queue cdk-failed: .* any queue /)])
    await aws.api.sns.publish({
      TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:cdk-news`,
      Message: '{}',
      MessageAttributes: { 'waybill-type': { DataType: 'String', StringValue: 'order.paid' } },
    })
    expect(await aws.api.sqs.receiveMessage({ QueueUrl: 'cdk-inbox' })).toMatchObject({ Messages: [{ Body: '{}' }] })
  })
})

describe('what is missing in another account is not created', () => {
  const OTHER = '123456789012'
  const missing =
    "in account 123456789012, and these credentials are of account 000000000000: it can't be created from here. Create it there, or correct connect({ accountId, locate })."

  test.each([
    ['located by a URL', { locate: () => `https://sqs.us-east-1.amazonaws.com/${OTHER}/theirs` }, 'theirs'],
    ['located by an ARN', { locate: () => `arn:aws:sqs:us-east-1:${OTHER}:theirs` }, 'theirs'],
    ['of the accountId that was given', { accountId: OTHER }, 'jobs'],
  ])('a queue %s', async (_how, options, name) => {
    await expect(plan(aws.connect(options), [jobs])).rejects.toMatchObject({
      code: 'elsewhere',
      message: `There is no queue '${name}' ${missing}`,
    })
  })

  test.each([
    ['located by an ARN', { locate: () => `arn:aws:sns:us-east-1:${OTHER}:theirs` }, 'theirs'],
    ['of the accountId that was given', { accountId: OTHER }, 'news'],
  ])('a topic %s', async (_how, options, name) => {
    await expect(plan(aws.connect(options), [news])).rejects.toMatchObject({
      code: 'elsewhere',
      message: `There is no topic '${name}' ${missing}`,
    })
  })
})

test('what is there in another account is compared and repaired there', async () => {
  const url = 'https://sqs.us-east-1.amazonaws.com/123456789012/theirs'
  const theirs = { QueueArn: 'arn:aws:sqs:us-east-1:123456789012:theirs', VisibilityTimeout: '60' }
  const set: unknown[] = []
  const admin: Simulation['admin'] = {
    ...aws.admin,
    queueAttributes: async (at) => (at === url ? theirs : aws.admin.queueAttributes(at)),
    setQueueAttributes: async (...call) => void set.push(call),
  }
  const found = await plan({ ...aws.connect({ locate: () => url }), admin }, [jobs])
  expect(String(found)).toContain('update queue theirs: VisibilityTimeout from 60 to 30')
  await apply(found)
  expect(set).toContainEqual([url, { VisibilityTimeout: '30' }])
})
