import type { Message } from '@waybill/sqs'
import { expect } from 'vitest'
import { type Account, allowing } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { collect, eventually } from './support/eventually.ts'
import { refusal } from './support/refusal.ts'

type Strings = Readonly<Record<string, string>>

async function deleteQueue(aws: Account, url: string) {
  await aws.sqs.deleteQueue({ QueueUrl: url })
  // AWS lets go of it by and by
  const isGone = () =>
    aws.attributesOf(url).then(
      () => false,
      () => true,
    )
  await eventually(aws, isGone)
}

/** A queue that takes what a subscription to the topic can't deliver. */
async function createDeadLetterQueue(aws: Account, topicArn: string, attributes: Strings = {}) {
  const url = await aws.createQueue(attributes)
  const arn = await aws.arnOf(url)
  await aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { Policy: allowing(topicArn, arn) } })
  return { url, redrivePolicy: JSON.stringify({ deadLetterTargetArn: arn }) }
}

const envelope = (message: Message | undefined): unknown => JSON.parse(message?.Body ?? 'null')

const accepts = { differs: { fauxqs: 'accepts it' } }
const dropsAll = { differs: { fauxqs: 'drops later ones as well' } }
const drops = { differs: { fauxqs: 'drops it' } }
const acceptsAnother = { differs: { fauxqs: 'accepts another' } }

chapter('SNS to SQS', (test) => {
  test(100, 'what subscribes is an ARN, not a URL', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    const Endpoint = await aws.createQueue()
    expect(await refusal(aws.sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint }))).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: SQS endpoint ARN',
    })
  })

  test(100, 'a queue that does not exist can subscribe', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const Endpoint = `${await aws.arnOf(await aws.createQueue())}-fake`
    const { SubscriptionArn } = await aws.sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint })
    expect(SubscriptionArn).toContain(`${TopicArn}:`)
  })

  test(100, 'a queue that subscribes again has the same subscription', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { arn, subscriptionArn } = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    const again = { TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes: { RawMessageDelivery: 'true' } }
    expect(await aws.sns.subscribe(again)).toMatchObject({ SubscriptionArn: subscriptionArn })
  })

  const strict = { differs: { fauxqs: 'takes that for other attributes' } }

  test(100, 'likewise when it does not repeat the attributes', strict, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { arn, subscriptionArn } = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    for (const Attributes of [{}, undefined]) {
      const again = { TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes }
      expect(await aws.sns.subscribe(again)).toMatchObject({ SubscriptionArn: subscriptionArn })
    }
  })

  test(100, 'it can not subscribe again with other attributes', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { arn } = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    const Attributes = { RawMessageDelivery: 'false' }
    expect(await refusal(aws.sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes }))).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    })
  })

  test(100, 'a subscription can end twice', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { subscriptionArn } = await aws.subscribe(TopicArn)
    await aws.sns.unsubscribe({ SubscriptionArn: subscriptionArn })
    await aws.sns.unsubscribe({ SubscriptionArn: subscriptionArn })
    const { Subscriptions } = await aws.sns.listSubscriptionsByTopic({ TopicArn })
    expect(Subscriptions).toEqual([])
  })

  test(105, 'a subscription whose queue is gone delivers to its dead-letter queue', drops, async (aws) => {
    const TopicArn = await aws.createTopic()
    const dead = await createDeadLetterQueue(aws, TopicArn)
    const { url } = await aws.subscribe(TopicArn, { RedrivePolicy: dead.redrivePolicy })
    await deleteQueue(aws, url)
    const MessageAttributes = { attr1: { DataType: 'Number', StringValue: '111' } }
    const { MessageId } = await aws.sns.publish({ TopicArn, Message: 'hello', MessageAttributes })
    const [message] = await collect(aws, dead.url, 1)
    expect(envelope(message)).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Message: 'hello',
      MessageAttributes: { attr1: { Type: 'Number', Value: '111' } },
    })
    expect(message).not.toHaveProperty('MessageAttributes')
  })

  test(105, 'raw, as it is', drops, async (aws) => {
    const TopicArn = await aws.createTopic()
    const dead = await createDeadLetterQueue(aws, TopicArn)
    const attributes = { RawMessageDelivery: 'true', RedrivePolicy: dead.redrivePolicy }
    const { url } = await aws.subscribe(TopicArn, attributes)
    await deleteQueue(aws, url)
    const MessageAttributes = {
      attr1: { DataType: 'Number', StringValue: '111' },
      attr2: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
    }
    await aws.sns.publish({ TopicArn, Message: 'hello', MessageAttributes })
    expect(await collect(aws, dead.url, 1)).toMatchObject([{ Body: 'hello', MessageAttributes }])
  })

  test(105, 'from a FIFO topic, with its ids', drops, async (aws) => {
    const TopicArn = await aws.createTopic({ FifoTopic: 'true' })
    const fifo = { FifoQueue: 'true' }
    const dead = await createDeadLetterQueue(aws, TopicArn, fifo)
    const attributes = { RawMessageDelivery: 'true', RedrivePolicy: dead.redrivePolicy }
    const { url } = await aws.subscribe(TopicArn, attributes, fifo)
    await deleteQueue(aws, url)
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' }
    await aws.sns.publish({ TopicArn, Message: 'hello', ...ids })
    expect(await collect(aws, dead.url, 1)).toMatchObject([{ Body: 'hello', Attributes: ids }])
  })

  test(105, 'a FIFO queue on a FIFO topic needs a FIFO dead-letter queue', acceptsAnother, async (aws) => {
    const TopicArn = await aws.createTopic({ FifoTopic: 'true' })
    const { subscriptionArn } = await aws.subscribe(TopicArn, {}, { FifoQueue: 'true' })
    const dead = await createDeadLetterQueue(aws, TopicArn)
    const call = aws.sns.setSubscriptionAttributes({
      SubscriptionArn: subscriptionArn,
      AttributeName: 'RedrivePolicy',
      AttributeValue: dead.redrivePolicy,
    })
    expect(await refusal(call)).toMatchObject({
      code: 'InvalidParameter',
      message:
        'Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.',
    })
  })

  test(106, 'the subscription of a queue that is gone stays', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url, arn, subscriptionArn } = await aws.subscribe(TopicArn)
    await deleteQueue(aws, url)
    await aws.sns.publish({ TopicArn, Message: 'lost' })
    await aws.pass('1s')
    expect(await aws.sns.listSubscriptionsByTopic({ TopicArn })).toMatchObject({
      Subscriptions: [{ SubscriptionArn: subscriptionArn, TopicArn, Protocol: 'sqs', Endpoint: arn }],
    })
  })

  test(106, 'a dead-letter queue gets no messages that were lost before it was set', dropsAll, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url, subscriptionArn } = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    const witness = await aws.subscribe(TopicArn)
    await deleteQueue(aws, url)
    await aws.sns.publish({ TopicArn, Message: 'lost' })
    expect(await collect(aws, witness.url, 1)).toHaveLength(1)
    await aws.pass('1s')
    const dead = await createDeadLetterQueue(aws, TopicArn)
    await aws.sns.setSubscriptionAttributes({
      SubscriptionArn: subscriptionArn,
      AttributeName: 'RedrivePolicy',
      AttributeValue: dead.redrivePolicy,
    })
    await aws.sns.publish({ TopicArn, Message: 'later' })
    const caught = await collect(aws, dead.url, 1)
    expect(caught.map(({ Body }) => Body)).toEqual(['later'])
  })

  test(110, 'raw delivery is on or off', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    expect(await refusal(aws.subscribe(TopicArn, { RawMessageDelivery: 'wrongvalue' }))).toMatchObject({
      code: 'InvalidParameter',
      message:
        'Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value [wrongvalue]. Must be true or false.',
    })
  })

  test(110, 'nor can it be set to something else', accepts, async (aws) => {
    const { subscriptionArn } = await aws.subscribe(await aws.createTopic())
    const call = aws.sns.setSubscriptionAttributes({
      SubscriptionArn: subscriptionArn,
      AttributeName: 'RawMessageDelivery',
      AttributeValue: 'wrongvalue',
    })
    expect(await refusal(call)).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: RawMessageDelivery: Invalid value [wrongvalue]. Must be true or false.',
    })
  })
})
