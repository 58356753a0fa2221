import { expect, test } from 'vitest'
import type { Admin } from '../src/index.ts'
import { fakeAws, json, refuse } from './support/fake-aws.ts'
import { fauxqs } from './support/fauxqs.ts'

test('makes, finds, reads, changes and removes a queue', async () => {
  await using aws = await fauxqs()
  const { admin } = aws.connection
  const url = await admin.createQueue('receipts', { VisibilityTimeout: '45' })
  expect(await admin.findQueue('receipts')).toBe(url)
  await admin.setQueueAttributes(url, { MessageRetentionPeriod: '600' })
  expect(await admin.queueAttributes(url)).toMatchObject({ VisibilityTimeout: '45', MessageRetentionPeriod: '600' })
  await admin.deleteQueue(url)
  expect(await admin.findQueue('receipts')).toBeUndefined()
  await expect(admin.queueAttributes(url)).rejects.toMatchObject({
    code: 'queue-not-found',
    message: expect.stringContaining("queue 'receipts': GetQueueAttributes"),
  })
})

test('a queue of other attributes already exists', async () => {
  await using aws = await fauxqs()
  await aws.connection.admin.createQueue('receipts', { VisibilityTimeout: '45' })
  await expect(aws.connection.admin.createQueue('receipts', { VisibilityTimeout: '46' })).rejects.toMatchObject({
    code: 'already-exists',
  })
})

test('makes, reads, changes and removes a topic and its subscriptions', async () => {
  await using aws = await fauxqs()
  const { admin } = aws.connection
  const { QueueArn = '' } = await admin.queueAttributes(await admin.createQueue('receipts', {}))
  const topic = await admin.createTopic('orders', {})
  await admin.setTopicAttribute(topic, 'DisplayName', 'Orders')
  expect(await admin.topicAttributes(topic)).toMatchObject({ DisplayName: 'Orders' })

  const subscription = await admin.subscribe(topic, QueueArn, { RawMessageDelivery: 'true' })
  await admin.setSubscriptionAttribute(subscription, 'FilterPolicy', '{"waybill-type":["order.paid"]}')
  expect(await admin.subscriptions(topic)).toEqual([{ arn: subscription, endpoint: QueueArn, owner: '000000000000' }])
  expect(await admin.subscriptionAttributes(subscription)).toMatchObject({
    RawMessageDelivery: 'true',
    FilterPolicy: '{"waybill-type":["order.paid"]}',
  })
  await admin.unsubscribe(subscription)
  expect(await admin.subscriptionAttributes(subscription)).toBeUndefined()
  expect(await admin.subscriptions(topic)).toEqual([])
  await admin.deleteTopic(topic)
  expect(await admin.topicAttributes(topic)).toBeUndefined()
})

test('subscriptions are listed page by page, those that wait for their confirmation too, in one call each', async () => {
  const arn = (name: string) => `arn:aws:sns:eu-central-1:123456789012:orders:${name}`
  const listed = (name: string) =>
    `<member><SubscriptionArn>${name}</SubscriptionArn><Owner>1</Owner><Endpoint>q</Endpoint></member>`
  const answers = {
    first: `<Subscriptions>${listed(arn('a'))}${listed('PendingConfirmation')}</Subscriptions><NextToken>2</NextToken>`,
    second: `<Subscriptions>${listed('Deleted')}${listed(arn('b'))}</Subscriptions>`,
  }
  await using aws = await fakeAws(({ call, body, response }) => {
    const answer = new URLSearchParams(body).has('NextToken') ? answers.second : answers.first
    response.end(`<${call}Response><${call}Result>${answer}</${call}Result></${call}Response>`)
  })
  const found = await aws.connection.admin.subscriptions('arn:aws:sns:eu-central-1:123456789012:orders')
  expect(found).toEqual(
    [arn('a'), 'PendingConfirmation', arn('b')].map((each) => ({ arn: each, endpoint: 'q', owner: '1' })),
  )
  expect(aws.calls.map(({ call }) => call)).toEqual(['ListSubscriptionsByTopic', 'ListSubscriptionsByTopic'])
})

test('tags a queue and a topic, when they are made or later, and reads their tags', async () => {
  await using aws = await fauxqs()
  const { admin } = aws.connection
  const queue = await admin.createQueue('receipts', {}, { team: 'billing' })
  const topic = await admin.createTopic('orders', {}, { team: 'billing' })
  await admin.tagQueue(queue, { team: 'orders', env: 'dev' })
  await admin.tagTopic(topic, { team: 'orders', env: 'dev' })
  expect(await admin.queueTags(queue)).toEqual({ team: 'orders', env: 'dev' })
  expect(await admin.topicTags(topic)).toEqual({ team: 'orders', env: 'dev' })
  expect(await admin.queueTags(await admin.createQueue('bare', {}))).toEqual({})
  expect(await admin.topicTags(await admin.createTopic('bare', {}))).toEqual({})
})

test('without tags none are sent: they take a permission', async () => {
  await using aws = await fakeAws(({ call, response }) => {
    if (call === 'CreateQueue') json(response, { QueueUrl: 'q' })
    else response.end('<CreateTopicResponse><CreateTopicResult/></CreateTopicResponse>')
  })
  await aws.connection.admin.createQueue('receipts', {})
  await aws.connection.admin.createTopic('orders', {}, {})
  expect(aws.calls.map(({ call }) => call)).toEqual(['CreateQueue', 'CreateTopic'])
  for (const { body } of aws.calls) expect(body).not.toMatch(/tags/i)
})

test.each(['Topic', 'Subscription'])('a %s of other attributes already exists', async (what) => {
  const Message = `Invalid parameter: Attributes Reason: ${what} already exists with different attributes`
  const error = `<ErrorResponse><Error><Code>InvalidParameter</Code><Message>${Message}</Message></Error></ErrorResponse>`
  await using aws = await fakeAws(({ response }) => response.writeHead(400).end(error))
  const { admin } = aws.connection
  const making =
    what === 'Topic'
      ? admin.createTopic('orders', {})
      : admin.subscribe('arn:aws:sns:x:1:orders', 'arn:aws:sqs:x:1:q', {})
  await expect(making).rejects.toMatchObject({ code: 'already-exists', verdict: 'never' })
})

const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/000000000000/receipts'
const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:orders'
const SUBSCRIPTION_ARN = `${TOPIC_ARN}:0b0b0b0b`

test.each<[what: string, call: (admin: Admin) => Promise<unknown>]>([
  ["queue 'receipts': GetQueueUrl", (admin) => admin.findQueue('receipts')],
  ["queue 'receipts': GetQueueAttributes", (admin) => admin.queueAttributes(QUEUE_URL)],
  ["queue 'receipts': ListQueueTags", (admin) => admin.queueTags(QUEUE_URL)],
  ["queue 'receipts': CreateQueue", (admin) => admin.createQueue('receipts', {})],
  ["queue 'receipts': SetQueueAttributes", (admin) => admin.setQueueAttributes(QUEUE_URL, {})],
  ["queue 'receipts': TagQueue", (admin) => admin.tagQueue(QUEUE_URL, {})],
  ["queue 'receipts': DeleteQueue", (admin) => admin.deleteQueue(QUEUE_URL)],
  ["topic 'orders': GetTopicAttributes", (admin) => admin.topicAttributes(TOPIC_ARN)],
  ["topic 'orders': ListTagsForResource", (admin) => admin.topicTags(TOPIC_ARN)],
  ["topic 'orders': CreateTopic", (admin) => admin.createTopic('orders', {})],
  ["topic 'orders': SetTopicAttributes", (admin) => admin.setTopicAttribute(TOPIC_ARN, 'DisplayName', '')],
  ["topic 'orders': TagResource", (admin) => admin.tagTopic(TOPIC_ARN, {})],
  ["topic 'orders': DeleteTopic", (admin) => admin.deleteTopic(TOPIC_ARN)],
  ["topic 'orders': ListSubscriptionsByTopic", (admin) => admin.subscriptions(TOPIC_ARN)],
  ["topic 'orders': Subscribe", (admin) => admin.subscribe(TOPIC_ARN, 'arn:aws:sqs:us-east-1:000000000000:q', {})],
  [
    "subscription '0b0b0b0b': SetSubscriptionAttributes",
    (admin) => admin.setSubscriptionAttribute(SUBSCRIPTION_ARN, 'FilterPolicy', '{}'),
  ],
  ["subscription '0b0b0b0b': Unsubscribe", (admin) => admin.unsubscribe(SUBSCRIPTION_ARN)],
])('%s is named when it is refused, with the action to allow', async (what, call) => {
  const service = what.startsWith('queue') ? 'sqs' : 'sns'
  await using aws = await fakeAws(({ response }) => {
    if (service === 'sqs') refuse(response, 403, 'AccessDeniedException', 'AccessDenied')
    else response.writeHead(403).end('<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>')
  })
  const [, action = ''] = what.split(': ')
  await expect(call(aws.connection.admin)).rejects.toMatchObject({
    code: 'access-denied',
    message: expect.stringMatching(new RegExp(`^${what} was refused: .* Allow ${service}:${action} to`)),
  })
  expect(aws.calls.map((made) => made.call)).toEqual([action])
})

test('the account is that of the credentials', async () => {
  await using aws = await fauxqs()
  expect(await aws.connection.admin.account()).toBe('000000000000')
})

test('an account that STS does not tell is spoken of plainly', async () => {
  await using aws = await fakeAws(({ response }) =>
    response
      .writeHead(403)
      .end('<ErrorResponse><Error><Code>AccessDenied</Code><Message>No.</Message></Error></ErrorResponse>'),
  )
  await expect(aws.connection.admin.account()).rejects.toThrow(
    'the account of these credentials: GetCallerIdentity was refused: AccessDenied: No. Allow sts:GetCallerIdentity to the credentials of this process. Producers and consumers do not ask for it with connect({ accountId }).',
  )
})

test('a look-up whose connection breaks is tried again by the SDK', async () => {
  await using aws = await fakeAws(({ response, count }) => {
    if (count === 1) response.destroy()
    else json(response, { QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/receipts' })
  })
  expect(await aws.connection.admin.findQueue('receipts')).toContain('/receipts')
})
