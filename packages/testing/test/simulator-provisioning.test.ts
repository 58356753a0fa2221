// What the conformance cases leave open, and AWS documents.
import type { Admin } from '@waybill/sqs'
import { simulate } from '@waybill/testing'
import { describe, expect, test } from 'vitest'

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`
const byQueue = (...sourceQueueArns: string[]) => JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns })
const redriveTo = (name: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(name), maxReceiveCount: 3 }),
})

describe('a dead-letter queue', () => {
  test.each([byQueue(arn('other'), arn('jobs')), '{"redrivePermission":"allowAll"}'])(
    'with %s takes the queue as source',
    async (RedriveAllowPolicy) => {
      const { admin } = simulate()
      await admin.createQueue('dead', { RedriveAllowPolicy })
      const url = await admin.createQueue('jobs', redriveTo('dead'))
      await admin.setQueueAttributes(url, { RedrivePolicy: '' })
      await admin.setQueueAttributes(url, redriveTo('dead'))
      expect(await admin.queueAttributes(url)).toMatchObject(redriveTo('dead'))
    },
  )

  test.each([byQueue(arn('other')), '{"redrivePermission":"denyAll"}'])(
    'with %s refuses the queue as source',
    async (RedriveAllowPolicy) => {
      const { admin } = simulate()
      await admin.createQueue('dead', { RedriveAllowPolicy })
      const why = 'The RedriveAllowPolicy of the dead-letter queue does not allow this source queue.'
      await expect(admin.createQueue('jobs', redriveTo('dead'))).rejects.toThrow(why)
      const url = await admin.createQueue('jobs', {})
      await expect(admin.setQueueAttributes(url, redriveTo('dead'))).rejects.toThrow(why)
      expect(await admin.queueAttributes(url)).not.toHaveProperty('RedrivePolicy')
    },
  )

  const eleven = Array.from({ length: 11 }, (_, index) => arn(`q${index}`))

  test('names ten sources at most', async () => {
    const { admin } = simulate()
    await admin.createQueue('dead', { RedriveAllowPolicy: byQueue(...eleven.slice(1)) })
    await expect(admin.createQueue('more', { RedriveAllowPolicy: byQueue(...eleven) })).rejects.toThrow(
      'for parameter RedriveAllowPolicy is invalid',
    )
  })

  test.each([
    byQueue(),
    byQueue('jobs'),
    '{}',
    'jobs',
    '{"redrivePermission":"byQueue"}',
    '{"redrivePermission":"some"}',
    `{"redrivePermission":"allowAll","sourceQueueArns":["${arn('jobs')}"]}`,
  ])('can not have the RedriveAllowPolicy %s', async (RedriveAllowPolicy) => {
    await expect(simulate().admin.createQueue('dead', { RedriveAllowPolicy })).rejects.toThrow('RedriveAllowPolicy')
  })
})

describe('the policy of a queue has at most', () => {
  const statement = (Sid: string, SourceArn?: readonly string[]) => ({
    Sid,
    Effect: 'Allow',
    Principal: '*',
    Action: 'sqs:SendMessage',
    Resource: arn('jobs'),
    ...(SourceArn && { Condition: { ArnEquals: { 'aws:SourceArn': SourceArn } } }),
  })
  const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements })
  const statements = Array.from({ length: 21 }, (_, index) => statement(`s${index}`))
  const ofBytes = (bytes: number) => {
    const rest = policy(statement('s', [''])).length
    return policy(statement('s', ['x'.repeat(bytes - rest)]))
  }

  test.each([
    ['20 statements', policy(...statements.slice(1)), policy(...statements)],
    ['8,192 bytes', ofBytes(8_192), ofBytes(8_193)],
  ])('%s', async (_what, most, tooMuch) => {
    const { admin } = simulate()
    const url = await admin.createQueue('jobs', { Policy: most })
    await expect(admin.setQueueAttributes(url, { Policy: tooMuch })).rejects.toThrow(
      'Invalid value for the parameter Policy.',
    )
    expect(await admin.queueAttributes(url)).toMatchObject({ Policy: most })
  })
})

describe('in another account', () => {
  const url = 'https://sqs.us-east-1.amazonaws.com/111111111111/jobs'
  const topic = 'arn:aws:sns:us-east-1:111111111111:news'

  test.each<[string, (admin: Admin) => Promise<unknown>]>([
    ['a queue is not changed', (admin) => admin.setQueueAttributes(url, { VisibilityTimeout: '60' })],
    ['a queue is not deleted', (admin) => admin.deleteQueue(url)],
    ['a queue is not tagged', (admin) => admin.tagQueue(url, { team: 'a' })],
    ['the tags of a queue are not told', (admin) => admin.queueTags(url)],
    ['a topic is not tagged', (admin) => admin.tagTopic(topic, { team: 'a' })],
    ['the tags of a topic are not told', (admin) => admin.topicTags(topic)],
  ])('%s: no policy can allow it', async (_what, call) => {
    const { admin } = simulate()
    await admin.createQueue('jobs', {})
    await admin.createTopic('news', {})
    await expect(call(admin)).rejects.toMatchObject({ code: 'access-denied' })
  })

  test('a queue that is subscribed waits for its confirmation', async () => {
    const { admin, api } = simulate()
    const TopicArn = await admin.createTopic('news', {})
    const [ours, theirs] = [arn('jobs'), 'arn:aws:sqs:us-east-1:111111111111:jobs']
    await admin.createQueue('jobs', {})
    const subscription = await admin.subscribe(TopicArn, theirs, {})
    const confirmed = await admin.subscribe(TopicArn, ours, {})
    expect(await admin.subscriptions(TopicArn)).toEqual([
      { arn: 'PendingConfirmation', endpoint: theirs, owner: '000000000000' },
      { arn: confirmed, endpoint: ours, owner: '000000000000' },
    ])
    expect(await admin.subscriptionAttributes(subscription)).toMatchObject({ PendingConfirmation: 'true' })
    expect(await admin.subscriptionAttributes(confirmed)).toMatchObject({ PendingConfirmation: 'false' })
    expect((await api.sns.getTopicAttributes({ TopicArn })).Attributes).toMatchObject({
      SubscriptionsConfirmed: '1',
      SubscriptionsPending: '1',
    })
  })
})

test('one call puts a KMS key in the place of the key of SQS, and back', async () => {
  const { admin } = simulate()
  const url = await admin.createQueue('q', {})
  await admin.setQueueAttributes(url, { KmsMasterKeyId: 'alias/k', SqsManagedSseEnabled: 'false' })
  const both = admin.setQueueAttributes(url, { SqsManagedSseEnabled: 'true' })
  await expect(both).rejects.toThrow('one type of server-side encryption')
  await admin.setQueueAttributes(url, { KmsMasterKeyId: '', SqsManagedSseEnabled: 'true' })
  const attributes = await admin.queueAttributes(url)
  expect(attributes).toMatchObject({ SqsManagedSseEnabled: 'true' })
  expect(attributes).not.toHaveProperty('KmsMasterKeyId')
})

test('an empty KMS key takes it from a topic', async () => {
  const { admin } = simulate()
  const topic = await admin.createTopic('t', { KmsMasterKeyId: 'alias/k' })
  expect(await admin.topicAttributes(topic)).toMatchObject({ KmsMasterKeyId: 'alias/k' })
  await admin.setTopicAttribute(topic, 'KmsMasterKeyId', '')
  expect(await admin.topicAttributes(topic)).not.toHaveProperty('KmsMasterKeyId')
})

test('a queue keeps its tags, others are added, and creating it again changes none', async () => {
  const { admin } = simulate()
  const url = await admin.createQueue('q', {}, { team: 'a' })
  await admin.tagQueue(url, { team: 'b', env: 'dev' })
  await admin.createQueue('q', {}, { team: 'c' })
  expect(await admin.queueTags(url)).toEqual({ team: 'b', env: 'dev' })
  expect(await admin.queueTags(await admin.createQueue('bare', {}))).toEqual({})
})

test('a topic keeps its tags, others are added, and it is another one with other tags', async () => {
  const { admin } = simulate()
  const topic = await admin.createTopic('t', {}, { team: 'a' })
  await admin.tagTopic(topic, { team: 'b', env: 'dev' })
  expect(await admin.topicTags(topic)).toEqual({ team: 'b', env: 'dev' })
  expect(await admin.createTopic('t', {})).toBe(topic)
  expect(await admin.createTopic('t', {}, { env: 'dev', team: 'b' })).toBe(topic)
  await expect(admin.createTopic('t', {}, { team: 'b' })).rejects.toThrow('already exists with different tags')
})

test('what is not there has no tags', async () => {
  const { admin } = simulate()
  const missing = { code: 'invalid-request', message: expect.stringContaining('Resource does not exist') }
  await expect(admin.topicTags('arn:aws:sns:us-east-1:000000000000:t')).rejects.toMatchObject(missing)
  await expect(admin.tagTopic('arn:aws:sns:us-east-1:000000000000:t', {})).rejects.toMatchObject(missing)
  await expect(admin.queueTags('q')).rejects.toMatchObject({ code: 'queue-not-found' })
})

describe('one more connection to a simulation', () => {
  test('reaches the same account, with a name prefix and places of its own', async () => {
    await using aws = simulate({ namePrefix: 'dev-' })
    const url = await aws.admin.createQueue('dev-jobs', {})
    const jobs = { name: 'jobs', fifo: false }
    expect(await aws.connect().queue(jobs)).toMatchObject({ url })
    await expect(aws.connect({ namePrefix: 'test-' }).queue(jobs)).rejects.toThrow("no queue 'test-jobs'")
    expect(await aws.connect({ locate: () => 'dev-jobs' }).queue({ ...jobs, name: 'work' })).toMatchObject({ url })
  })

  test('leaves it open when it is closed, and is of no use when it is closed', async () => {
    const aws = simulate()
    const other = aws.connect()
    await other.close()
    await aws.admin.createQueue('jobs', {})
    await aws.close()
    await expect(other.admin.findQueue('jobs')).rejects.toMatchObject({ code: 'closed' })
  })

  test('has no option that it does not know', async () => {
    await using aws = simulate()
    const wrong: object = { prefix: 'dev-' }
    expect(() => aws.connect(wrong)).toThrow("'prefix' is not an option of connect.")
    expect(() => aws.connect({ namePrefix: 'a/b' })).toThrow("connect: namePrefix: 'a/b' can't begin a name in AWS.")
  })
})
