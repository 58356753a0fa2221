// What the conformance cases leave open, and AWS documents.
import { simulate } from '@waybill/testing'
import { describe, expect, test } from 'vitest'

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`
const allow = (Resource: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource,
  ...more,
})

/** A topic with a queue that takes from it what its policy lets it. */
async function topic(statements: readonly object[] = [allow(arn('q'))]) {
  const aws = simulate()
  const { api, admin } = aws
  await admin.createQueue('q', { Policy: JSON.stringify({ Statement: statements }) })
  const TopicArn = await admin.createTopic('t', {})
  await admin.subscribe(TopicArn, arn('q'), { RawMessageDelivery: 'true' })
  const declared = { name: 'q', fifo: false }
  return {
    api,
    admin,
    TopicArn,
    publish: (Message: string, more: object = {}) => api.sns.publish({ TopicArn, Message, ...more }),
    messages: () => aws.contents(declared).visible,
    bodies: () => aws.contents(declared).visible.map(({ body }) => body),
  }
}

describe('a queue takes from a topic what its policy allows', () => {
  test.each([
    ['for that queue', [allow(arn('q'))], true],
    ['for any queue', [allow('*')], true],
    ['for another queue', [allow(arn('other'))], false],
    ['but denies as well', [allow('*'), allow('*', { Effect: 'Deny' })], false],
    ['for another topic', [allow('*', { Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:x:0:y' } } })], false],
    [
      'for topics of the account',
      [allow('*', { Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } })],
      true,
    ],
    ['for topics like it', [allow('*', { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:t' } } })], true],
    ['for queues with a name of one letter', [allow(arn('?'))], true],
    ['for queues with a name of two letters', [allow(arn('??'))], false],
    [
      'for several topics',
      [allow('*', { Condition: { ArnLike: { 'aws:SourceArn': ['arn:aws:sns:*:*:other', 'arn:aws:sns:*:*:t'] } } })],
      true,
    ],
    [
      'under a condition that it does not know',
      [allow('*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      false,
    ],
    ['for somebody else', [allow('*', { Principal: { Service: 'events.amazonaws.com' } })], false],
    ['to receive', [allow('*', { Action: 'sqs:ReceiveMessage' })], false],
  ])('%s', async (_what, statements, taken) => {
    const at = await topic(statements)
    await at.publish('a')
    expect(at.bodies()).toEqual(taken ? ['a'] : [])
  })
})

test.each(['arn:aws:sqs:us-east-1:111111111111:q', 'arn:aws:sqs:eu-west-1:000000000000:q'])(
  'a subscription of %s brings nothing to the queue of that name here',
  async (endpoint) => {
    const at = await topic()
    await at.admin.subscribe(at.TopicArn, endpoint, { RawMessageDelivery: 'true' })
    await at.publish('a')
    expect(at.bodies()).toEqual(['a'])
  },
)

test('an open poll gets what is published', async () => {
  const at = await topic()
  const polling = at.api.sqs.receiveMessage({ QueueUrl: 'q', WaitTimeSeconds: 20 })
  await at.publish('a')
  expect(await polling).toMatchObject({ Messages: [{ Body: 'a' }] })
})

test('a queue takes no message that is larger than it allows', async () => {
  const at = await topic()
  await at.admin.setQueueAttributes('q', { MaximumMessageSize: '1024' })
  for (const length of [1_024, 1_025]) await at.publish('x'.repeat(length))
  expect(at.bodies()).toEqual(['x'.repeat(1_024)])
})

test('an open poll gets all of a published batch at once', async () => {
  const at = await topic()
  const polling = at.api.sqs.receiveMessage({ QueueUrl: 'q', MaxNumberOfMessages: 10, WaitTimeSeconds: 20 })
  const PublishBatchRequestEntries = ['a', 'b'].map((Message) => ({ Id: Message, Message }))
  await at.api.sns.publishBatch({ TopicArn: at.TopicArn, PublishBatchRequestEntries })
  expect((await polling).Messages?.map(({ Body }) => Body)).toEqual(['a', 'b'])
})

test('a message with a structure of texts comes without its attributes', async () => {
  const at = await topic()
  const MessageAttributes = { x: { DataType: 'String', StringValue: '1' } }
  await at.publish('{"default":"a"}', { MessageStructure: 'json', MessageAttributes })
  await at.publish('b', { MessageAttributes })
  expect(at.messages()).toMatchObject([
    { body: 'a', attributes: {} },
    { body: 'b', attributes: { x: '1' } },
  ])
  expect(at.messages()[0]?.attributes).toEqual({})
})

/** A FIFO topic with a FIFO queue, and what that has. */
async function fifoTopic(attributes: Readonly<Record<string, string>>) {
  const aws = simulate()
  const Policy = JSON.stringify({ Statement: [allow('*')] })
  await aws.admin.createQueue('q.fifo', { FifoQueue: 'true', DeduplicationScope: 'messageGroup', Policy })
  const TopicArn = await aws.admin.createTopic('t.fifo', { FifoTopic: 'true', ...attributes })
  await aws.admin.subscribe(TopicArn, arn('q.fifo'), { RawMessageDelivery: 'true' })
  return {
    admin: aws.admin,
    TopicArn,
    publish: (Message: string, MessageGroupId: string, more: object = {}) =>
      aws.api.sns.publish({ TopicArn, Message, MessageGroupId, ...more }),
    bodies: () => aws.contents({ name: 'q', fifo: true }).visible.map(({ body }) => body),
  }
}

test('a FIFO topic tells duplicates by message group and deduplication id, if it is to', async () => {
  const at = await fifoTopic({ FifoThroughputScope: 'MessageGroup' })
  await at.publish('a', 'g', { MessageDeduplicationId: '1' })
  await at.publish('again', 'g', { MessageDeduplicationId: '1' })
  await at.publish('b', 'g', { MessageDeduplicationId: '2' })
  await at.publish('c', 'h', { MessageDeduplicationId: '1' })
  expect(at.bodies()).toEqual(['a', 'b', 'c'])
})

test('where content decides, it is all texts of a message and not that for SQS', async () => {
  const at = await fifoTopic({ ContentBasedDeduplication: 'true' })
  for (const text of ['a', 'b', 'a'])
    await at.publish(JSON.stringify({ default: text, sqs: 'same' }), 'g', { MessageStructure: 'json' })
  expect(at.bodies()).toEqual(['same', 'same'])
})

test('a FIFO topic is the same one with what it has by default', async () => {
  const at = await fifoTopic({})
  const same = { FifoTopic: 'true', ContentBasedDeduplication: 'false' }
  expect(await at.admin.createTopic('t.fifo', same)).toBe(at.TopicArn)
})

test("a subscription's dead-letter queue is taken away by an empty policy", async () => {
  const at = await topic()
  const { Subscriptions = [] } = await at.api.sns.listSubscriptionsByTopic({ TopicArn: at.TopicArn })
  const SubscriptionArn = Subscriptions[0]?.SubscriptionArn
  const set = (AttributeValue: string) =>
    at.api.sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName: 'RedrivePolicy', AttributeValue })
  await set(JSON.stringify({ deadLetterTargetArn: arn('dead') }))
  await set('')
  const { Attributes } = await at.api.sns.getSubscriptionAttributes({ SubscriptionArn })
  expect(Attributes).not.toHaveProperty('RedrivePolicy')
})

test('a FIFO topic stays one', async () => {
  const at = await fifoTopic({})
  const setting = at.admin.setTopicAttribute(at.TopicArn, 'FifoTopic', 'true')
  await expect(setting).rejects.toThrow('AttributeName')
})

test('the name of an attribute may have 256 characters', async () => {
  const at = await topic()
  const named = (length: number) => ({
    MessageAttributes: { ['n'.repeat(length)]: { DataType: 'String', StringValue: 'a' } },
  })
  await expect(at.publish('a', named(257))).rejects.toThrow('less than 256 bytes')
  await at.publish('b', named(256))
  expect(at.bodies()).toEqual(['b'])
})

test('raw delivery can be set as True, too', async () => {
  const at = await topic()
  const { Subscriptions = [] } = await at.api.sns.listSubscriptionsByTopic({ TopicArn: at.TopicArn })
  const SubscriptionArn = Subscriptions[0]?.SubscriptionArn
  const raw = { SubscriptionArn, AttributeName: 'RawMessageDelivery' }
  await at.api.sns.setSubscriptionAttributes({ ...raw, AttributeValue: 'False' })
  const same = { RawMessageDelivery: 'FALSE' }
  expect(await at.admin.subscribe(at.TopicArn, arn('q'), same)).toBe(SubscriptionArn)
  await at.api.sns.setSubscriptionAttributes({ ...raw, AttributeValue: 'True' })
  await at.publish('a')
  expect(at.bodies()).toEqual(['a'])
})

test('a batch with a message that has no text for SQS is refused before any of it is delivered', async () => {
  const at = await topic()
  const PublishBatchRequestEntries = [
    { Id: '0', Message: 'good' },
    { Id: '1', Message: '{}', MessageStructure: 'json' },
  ]
  await expect(at.api.sns.publishBatch({ TopicArn: at.TopicArn, PublishBatchRequestEntries })).rejects.toThrow(
    'No default entry',
  )
  expect(at.bodies()).toEqual([])
})

test.each([
  ['a message group with a space', { MessageGroupId: 'g 1' }, 'MessageGroupId'],
  ['a number that is none', { MessageAttributes: { n: { DataType: 'Number', StringValue: 'abc' } } }, 'to number'],
])('%s is refused', async (_what, more, message) => {
  const at = await topic()
  await expect(at.publish('a', more)).rejects.toThrow(message)
})

test('a subject does not count against the size of a message', async () => {
  const at = await topic()
  await at.publish('x'.repeat(262_144), { Subject: 'large' })
  expect(at.bodies()).toHaveLength(1)
})

test.each([
  [{ FilterPolic: '{}' }, 'FilterPolic'],
  [{ RedrivePolicy: '{"deadLetterTargetArn":"nonsense"}' }, 'invalid arn'],
  [{ RedrivePolicy: `{"deadLetterTargetArn":"${arn('dead.fifo')}"}` }, 'standard queue'],
])('a subscription with %j is refused', async (attributes, message) => {
  const at = await topic()
  await expect(at.admin.subscribe(at.TopicArn, arn('other'), attributes)).rejects.toThrow(message)
})

test.each([{ MaximumMessageSize: 'abc' }, { MaximumMessageSize: '1023' }, { Unknown: '1' }])(
  'a topic with %j is refused',
  async (attributes) => {
    const at = await topic()
    await expect(at.admin.createTopic('other', attributes)).rejects.toThrow('Attributes')
  },
)

test('a subject has 99 characters at most', async () => {
  const at = await topic()
  await at.publish('a', { Subject: 's'.repeat(99) })
  await expect(at.publish('a', { Subject: 's'.repeat(100) })).rejects.toThrow('Subject')
})

test('subscribing again with what holds by default gives the same subscription', async () => {
  const at = await topic()
  const [first] = await at.admin.subscriptions(at.TopicArn)
  const attributes = { RawMessageDelivery: 'true', FilterPolicyScope: 'MessageAttributes' }
  expect(await at.admin.subscribe(at.TopicArn, arn('q'), attributes)).toBe(first?.arn)
})
