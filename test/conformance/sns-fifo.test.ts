import { expect } from 'vitest'
import { chapter } from './support/chapter.ts'
import { collect } from './support/eventually.ts'
import { refusal } from './support/refusal.ts'

const fifoTopic = { FifoTopic: 'true' }
const contentTopic = { FifoTopic: 'true', ContentBasedDeduplication: 'true' }
const fifoQueue = { FifoQueue: 'true' }

const keepsDuplicates = { differs: { fauxqs: 'delivers them', localstack: 'delivers them' } }
const refusesOne = { differs: { fauxqs: 'refuses only that entry' } }
const accepts = { differs: { fauxqs: 'accepts it' } }
const leavesOut = { differs: { fauxqs: 'leaves it out' } }
const signs = { differs: { fauxqs: 'signs it and leaves out the number' } }

chapter('SNS to SQS', (test) => {
  test(98, 'a FIFO topic refuses a batch as a whole when an entry has no message group', refusesOne, async (aws) => {
    const TopicArn = await aws.createTopic(contentTopic)
    const { url } = await aws.subscribe(TopicArn, {}, fifoQueue)
    const PublishBatchRequestEntries = [
      { Id: '1', Message: 'good', MessageGroupId: 'g' },
      { Id: '2', Message: 'bad' },
    ]
    expect(await refusal(aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries }))).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
    })
    await aws.pass('1s')
    expect(await aws.bodies(url)).toEqual([])
  })

  test(98, 'likewise when an entry has no deduplication id', refusesOne, async (aws) => {
    const TopicArn = await aws.createTopic(fifoTopic)
    const { url } = await aws.subscribe(TopicArn, {}, fifoQueue)
    const PublishBatchRequestEntries = [
      { Id: '1', Message: 'good', MessageGroupId: 'g', MessageDeduplicationId: 'd' },
      { Id: '2', Message: 'bad', MessageGroupId: 'g' },
    ]
    expect(await refusal(aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries }))).toMatchObject({
      code: 'InvalidParameter',
      message:
        'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    })
    await aws.pass('1s')
    expect(await aws.bodies(url)).toEqual([])
  })

  test(101, 'a FIFO queue can not subscribe to a standard topic', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    expect(await refusal(aws.subscribe(TopicArn, {}, fifoQueue))).toMatchObject({
      code: 'InvalidParameter',
      message:
        'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    })
  })

  test(101, 'a standard queue gets the sequence number of a FIFO topic', leavesOut, async (aws) => {
    const TopicArn = await aws.createTopic(contentTopic)
    const { url } = await aws.subscribe(TopicArn)
    const { SequenceNumber } = await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g' })
    const [message] = await collect(aws, url, 1)
    expect(SequenceNumber).toEqual(expect.stringMatching(/^\d+$/))
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({ Message: 'Test', SequenceNumber })
  })

  test(101, 'a standard queue gets no ids of a FIFO topic', { differs: { fauxqs: 'hands them on' } }, async (aws) => {
    const TopicArn = await aws.createTopic(contentTopic)
    const { url } = await aws.subscribe(TopicArn)
    await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g' })
    const [message] = await collect(aws, url, 1)
    expect(Object.keys(message?.Attributes ?? {}).toSorted()).toEqual([
      'ApproximateFirstReceiveTimestamp',
      'ApproximateReceiveCount',
      'SenderId',
      'SentTimestamp',
    ])
  })

  test(101, 'a FIFO topic drops duplicates for a standard queue', keepsDuplicates, async (aws) => {
    const TopicArn = await aws.createTopic(contentTopic)
    const { url } = await aws.subscribe(TopicArn)
    await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g' })
    expect(await collect(aws, url, 1)).toHaveLength(1)
    await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g' })
    await aws.pass('1s')
    expect(await aws.bodies(url)).toEqual([])
  })

  test(102, 'the envelope of a FIFO topic has a sequence number and no signature', signs, async (aws) => {
    const TopicArn = await aws.createTopic(fifoTopic)
    const { url } = await aws.subscribe(TopicArn, {}, fifoQueue)
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' }
    const { MessageId, SequenceNumber } = await aws.sns.publish({ TopicArn, Message: 'Test', ...ids })
    const [message] = await collect(aws, url, 1)
    expect(SequenceNumber).toEqual(expect.stringMatching(/^\d+$/))
    expect(JSON.parse(message?.Body ?? '')).toEqual({
      Type: 'Notification',
      MessageId,
      SequenceNumber,
      TopicArn,
      Message: 'Test',
      Timestamp: expect.any(String),
      UnsubscribeURL: expect.any(String),
    })
  })

  test(102, 'message group and deduplication id go to the queue', {}, async (aws) => {
    const TopicArn = await aws.createTopic(fifoTopic)
    const { url } = await aws.subscribe(TopicArn, {}, fifoQueue)
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' }
    await aws.sns.publish({ TopicArn, Message: 'Test', ...ids })
    expect(await collect(aws, url, 1)).toMatchObject([{ Attributes: ids }])
  })

  test(102, 'where content decides, the deduplication id is the hash of the message', {}, async (aws) => {
    const TopicArn = await aws.createTopic(contentTopic)
    const { url } = await aws.subscribe(TopicArn, {}, fifoQueue)
    await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g' })
    const MessageDeduplicationId = '532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25'
    expect(await collect(aws, url, 1)).toMatchObject([{ Attributes: { MessageGroupId: 'g', MessageDeduplicationId } }])
  })

  test(103, 'five FIFO queues get a burst in the same order', {}, async (aws) => {
    const TopicArn = await aws.createTopic(contentTopic)
    const raw = { RawMessageDelivery: 'true' }
    const queues = await Promise.all(Array.from({ length: 5 }, () => aws.subscribe(TopicArn, raw, fifoQueue)))
    const burst = Array.from({ length: 10 }, (_, index) => `${index}`)
    for (const Message of burst) await aws.sns.publish({ TopicArn, Message, MessageGroupId: 'g' })
    for (const { url } of queues) {
      const messages = await collect(aws, url, burst.length)
      expect(messages.map(({ Body }) => Body)).toEqual(burst)
    }
  })

  test(103, 'a FIFO topic drops duplicates across message groups', {}, async (aws) => {
    const TopicArn = await aws.createTopic(contentTopic)
    const { url } = await aws.subscribe(TopicArn, {}, fifoQueue)
    await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g1' })
    await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g2' })
    expect(await collect(aws, url, 1)).toHaveLength(1)
    await aws.pass('1s')
    expect(await aws.bodies(url)).toEqual([])
  })

  test(103, 'it drops them before it hands them out, even to a queue that is new', keepsDuplicates, async (aws) => {
    const TopicArn = await aws.createTopic(contentTopic)
    const first = await aws.subscribe(TopicArn, {}, fifoQueue)
    await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g' })
    expect(await collect(aws, first.url, 1)).toHaveLength(1)
    const late = await aws.subscribe(TopicArn, {}, fifoQueue)
    await aws.sns.publish({ TopicArn, Message: 'Test', MessageGroupId: 'g' })
    await aws.pass('1s')
    expect(await aws.bodies(late.url)).toEqual([])
  })
})
