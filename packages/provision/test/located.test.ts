import { apply, describeChange, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { type ApiCall, simulate, type Simulation } from '@waybill/testing'
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

describe('what is there in another account', () => {
  const OTHER = '123456789012'
  const url = `https://sqs.us-east-1.amazonaws.com/${OTHER}/theirs`
  const left = `account ${OTHER} owns it and has to change it; these credentials are of another.`

  /** Its answer, where the other account lets these credentials ask. Everything else is refused, as AWS does. */
  function answers(action: string, about: string, answer: object): void {
    const when = (call: ApiCall) => call.action === action && Object.values(call.input).includes(about)
    aws.faults.on('admin', async () => answer, { when })
  }

  test('is compared there and left to its owner: no permission lets others change a queue', async () => {
    const QueueArn = `arn:aws:sqs:us-east-1:${OTHER}:theirs`
    const Attributes = {
      QueueArn,
      VisibilityTimeout: '60',
      MessageRetentionPeriod: '1209600',
      DelaySeconds: '0',
      MaximumMessageSize: '1048576',
      ReceiveMessageWaitTimeSeconds: '20',
    }
    answers('GetQueueAttributes', url, { Attributes })
    const there = aws.connect({ locate: ({ kind, name }) => (kind === 'queue' && name === 'inbox' ? url : undefined) })
    const tags = { env: 'prod' }
    await apply(await plan(there, [news], { tags }))
    const found = await plan(there, [inbox], { tags, prune: true, allow: ['lower-retention'] })
    const theirs = found.changes.filter(({ name }) => name === 'theirs')
    expect(theirs.map(describeChange)).toEqual([
      `can't change queue theirs: VisibilityTimeout from 60 to 30: ${left}`,
      `can't change queue theirs: MessageRetentionPeriod from 1209600 to 345600: ${left}`,
      expect.stringContaining("can't change queue theirs: RedrivePolicy from nothing to "),
      expect.stringContaining("can't change policy theirs: waybill-theirs from nothing to "),
    ])
    expect(await apply(found)).toMatchObject({ left: theirs })
  })

  test('is not ours to prune', async () => {
    const Attributes = { QueueArn: `arn:aws:sqs:us-east-1:${OTHER}:theirs`, RedrivePolicy: '{"maxReceiveCount":5}' }
    answers('GetQueueAttributes', url, { Attributes })
    const found = await plan(aws.connect({ locate: () => url }), [jobs], { prune: true })
    expect(found.changes.map(({ kind }) => kind)).not.toContain('remove')
  })

  test('is no less so when it is a topic, to which a queue of ours is subscribed', async () => {
    const topicArn = `arn:aws:sns:us-east-1:${OTHER}:theirs`
    answers('GetTopicAttributes', topicArn, { Attributes: { KmsMasterKeyId: 'alias/theirs' } })
    answers('ListSubscriptionsByTopic', topicArn, { Subscriptions: [] })
    answers('Subscribe', topicArn, { SubscriptionArn: `${topicArn}:1` })
    const there = aws.connect({ locate: ({ kind }) => (kind === 'topic' ? topicArn : undefined) })
    const found = await plan(there, [inbox], { tags: { env: 'prod' } })
    expect(String(found)).toContain(`can't change topic theirs: KmsMasterKeyId from alias/theirs to nothing: ${left}`)
    const { made } = await apply(found)
    expect(made).toContainEqual(expect.objectContaining({ kind: 'create', name: 'theirs to inbox' }))
  })
})

describe('two declared queues that locate places at one are refused:', () => {
  const [a, b] = ['a', 'b'].map((name) => defineQueue(name, { messages: [SendReceipt], deadLetter: {} }))
  if (!a || !b) throw new Error('no queues')
  const conflict = (one: string, other: string) => ({
    code: 'conflict',
    message: `The queues '${one}' and '${other}' are both ${queueArn('failed')}. Correct connect({ locate }), or declare one name for both: deadLetter: { name: 'failed' } for a dead-letter queue.`,
  })

  test.each([
    ['dead-letter queues', ['a-dead-letter', 'b-dead-letter']],
    ['a queue and a dead-letter queue', ['a-dead-letter', 'b']],
  ])('%s, that are there or not', async (_what, names) => {
    const there = aws.connect({ locate: ({ name }) => (names.includes(name) ? 'failed' : undefined) })
    const [one = '', other = ''] = names
    await expect(plan(there, [a, b])).rejects.toMatchObject(conflict(one, other))
    await aws.admin.createQueue('failed', {})
    await expect(plan(there, [a, b])).rejects.toMatchObject(conflict(one, other))
  })
})
