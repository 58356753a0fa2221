import type { Message } from '@waybill/sqs'
import { expect } from 'vitest'
import { chapter } from './support/chapter.ts'
import { collect } from './support/eventually.ts'

const number = { DataType: 'Number', StringValue: '99.12' }
const binary = { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) }
const eleven = Object.fromEntries(
  Array.from({ length: 11 }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'x' }]),
)

const header = "the AWS SDK's own calls set no such header"
const unsettable = { simulator: header, fauxqs: header, localstack: header, aws: header }

/** What SNS wraps a message in. */
const envelope = (message: Message | undefined): unknown => JSON.parse(message?.Body ?? 'null')

const asItIs = { differs: { fauxqs: 'delivers the JSON' } }
const otherOrder = { differs: { localstack: 'puts the subject after the URL, and the signature last' } }
const delivers = { differs: { fauxqs: 'delivers it', localstack: 'delivers it' } }
const leavesOut = { differs: { fauxqs: 'leaves it out' } }

chapter('SNS to SQS', (test) => {
  test(91, 'a message comes in an envelope', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url, subscriptionArn } = await aws.subscribe(TopicArn)
    const { MessageId } = await aws.sns.publish({ TopicArn, Message: 'hello' })
    const [message] = await collect(aws, url, 1)
    expect(envelope(message)).toEqual({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Message: 'hello',
      Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      SignatureVersion: '1',
      Signature: expect.any(String),
      SigningCertURL: expect.stringMatching(/^https?:.*\.pem$/),
      UnsubscribeURL: expect.stringContaining(`/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`),
    })
  })

  test(91, 'subject and attributes are in it, bytes as Base64, and nowhere else', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn)
    const MessageAttributes = { number, binary }
    await aws.sns.publish({ TopicArn, Subject: 'greeting', Message: 'hello', MessageAttributes })
    const [message] = await collect(aws, url, 1)
    expect(envelope(message)).toMatchObject({
      Subject: 'greeting',
      MessageAttributes: { number: { Type: 'Number', Value: '99.12' }, binary: { Type: 'Binary', Value: 'AgME' } },
    })
    expect(message).not.toHaveProperty('MessageAttributes')
  })

  test(91, 'SQS gives the message another id than SNS', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn)
    const { MessageId } = await aws.sns.publish({ TopicArn, Message: 'hello' })
    const [message] = await collect(aws, url, 1)
    expect(message?.MessageId).toMatch(/./)
    expect(message?.MessageId).not.toBe(MessageId)
  })

  test(91, 'the fields come in one order', otherOrder, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn)
    await aws.sns.publish({ TopicArn, Subject: 'greeting', Message: 'hello', MessageAttributes: { number } })
    const [message] = await collect(aws, url, 1)
    expect(Object.keys(JSON.parse(message?.Body ?? '{}'))).toEqual([
      'Type',
      'MessageId',
      'TopicArn',
      'Subject',
      'Message',
      'Timestamp',
      'SignatureVersion',
      'Signature',
      'SigningCertURL',
      'UnsubscribeURL',
      'MessageAttributes',
    ])
  })

  test(92, 'raw, the body is the message and its attributes are attributes of SQS', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    const MessageAttributes = { number, binary }
    await aws.sns.publish({ TopicArn, Subject: 'lost', Message: 'hello', MessageAttributes })
    expect(await collect(aws, url, 1)).toMatchObject([{ Body: 'hello', MessageAttributes }])
  })

  test(92, 'raw, they have their MD5', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    await aws.sns.publish({ TopicArn, Message: 'hello', MessageAttributes: { attr1: number } })
    expect(await collect(aws, url, 1)).toMatchObject([{ MD5OfMessageAttributes: 'd302007e9aa062660afc85fd0a482472' }])
  })

  test(93, 'eleven attributes fit in an envelope', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn)
    await aws.sns.publish({ TopicArn, Message: 'hello', MessageAttributes: eleven })
    expect(await collect(aws, url, 1)).toHaveLength(1)
  })

  test(93, 'raw, a message with eleven attributes is lost', delivers, async (aws) => {
    const TopicArn = await aws.createTopic()
    const raw = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    const plain = await aws.subscribe(TopicArn)
    await aws.sns.publish({ TopicArn, Message: 'hello', MessageAttributes: eleven })
    expect(await collect(aws, plain.url, 1)).toHaveLength(1)
    await aws.pass('1s')
    expect(await aws.bodies(raw.url)).toEqual([])
  })

  test(104, 'a standard topic hands the message group on to a standard queue', leavesOut, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn)
    await aws.sns.publish({ TopicArn, Message: 'hello', MessageGroupId: 'g' })
    expect(await collect(aws, url, 1)).toMatchObject([{ Attributes: { MessageGroupId: 'g' } }])
  })

  test(107, 'a message for several protocols has its text for SQS, or the default one', asItIs, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    const MessageStructure = 'json'
    await aws.sns.publish({ TopicArn, MessageStructure, Message: '{"default":"for all","sqs":"for SQS"}' })
    expect(await collect(aws, url, 1)).toMatchObject([{ Body: 'for SQS' }])
    await aws.sns.publish({ TopicArn, MessageStructure, Message: '{"default":"for all","http":"for others"}' })
    expect(await collect(aws, url, 1)).toMatchObject([{ Body: 'for all' }])
  })

  test(107, 'what is not a text for SQS does not count', asItIs, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn, { RawMessageDelivery: 'true' })
    const Message = '{"default":"for all","sqs":{"field":"value"}}'
    await aws.sns.publish({ TopicArn, MessageStructure: 'json', Message })
    expect(await collect(aws, url, 1)).toMatchObject([{ Body: 'for all' }])
  })

  test(109, 'the trace header of a publish is on the message', { impossible: unsettable }, async () => {
    expect.unreachable(header)
  })
})
