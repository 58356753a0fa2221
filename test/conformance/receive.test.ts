import { expect } from 'vitest'
import type { Account } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { refusal } from './support/refusal.ts'
import { soon } from './support/soon.ts'

const tooLong = { fauxqs: 'takes a minute', localstack: 'takes a minute' }

chapter('Receive', (test) => {
  test(24, 'a short poll of an empty queue answers without Messages', {}, async (aws) => {
    const url = await aws.createQueue()
    expect(await aws.sqs.receiveMessage({ QueueUrl: url })).not.toHaveProperty('Messages')
  })

  test(24, 'a long poll of an empty queue answers without Messages', {}, async (aws) => {
    const url = await aws.createQueue()
    const poll = aws.sqs.receiveMessage({ QueueUrl: url, WaitTimeSeconds: 1 })
    await aws.pass('1s')
    expect(await poll).not.toHaveProperty('Messages')
  })

  for (const seconds of [21, -1])
    test(25, `a poll cannot wait ${seconds} seconds`, {}, async (aws) => {
      const url = await aws.createQueue()
      expect(await refusal(aws.sqs.receiveMessage({ QueueUrl: url, WaitTimeSeconds: seconds }))).toMatchObject({
        code: 'InvalidParameterValue',
        message: `Value ${seconds} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.`,
      })
    })

  test(26, 'a receive cannot ask for more than ten messages', {}, async (aws) => {
    const url = await aws.createQueue()
    const call = aws.sqs.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 11 })
    expect(await refusal(call)).toMatchObject({ code: 'InvalidParameterValue' })
  })

  const otherwise26 = { fauxqs: "leaves out the value and 'if provided'" }
  test(26, 'the text says how many messages a receive can ask for', { differs: otherwise26 }, async (aws) => {
    const url = await aws.createQueue()
    expect(await refusal(aws.sqs.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 11 }))).toMatchObject({
      message: 'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    })
  })

  test(27, 'a long poll brings a message as soon as it is sent', {}, async (aws) => {
    const url = await aws.createQueue()
    const poll = aws.bodies(url, { WaitTimeSeconds: 10 })
    await aws.pass('1s')
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    expect(await soon(aws, poll)).toEqual(['m'])
  })

  test(27, "a poll waits for the queue's own time if it does not say how long", {}, async (aws) => {
    const url = await aws.createQueue({ ReceiveMessageWaitTimeSeconds: '10' })
    const poll = aws.bodies(url, { WaitTimeSeconds: undefined })
    await aws.pass('1s')
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    expect(await soon(aws, poll)).toEqual(['m'])
  })

  test(28, 'a long poll does not wait for more messages than it found', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    const bodies = await soon(aws, aws.bodies(url, { WaitTimeSeconds: 5, MaxNumberOfMessages: 3 }))
    // how many it found is AWS's affair
    expect(bodies?.[0]).toBe('m')
  })

  test(29, 'each receive of a message gives a handle of its own, and is counted', {}, async (aws) => {
    const url = await aws.createQueue({ VisibilityTimeout: '0' })
    const { MessageId } = await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    const [first] = await aws.receive(url)
    const [second] = await aws.receive(url)
    expect(first).toMatchObject({ MessageId, Attributes: { ApproximateReceiveCount: '1' } })
    expect(second).toMatchObject({ MessageId, Attributes: { ApproximateReceiveCount: '2' } })
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle)
  })

  const text = (value: string) => ({ DataType: 'String', StringValue: value })
  const attributes = { Hello: text('There'), General: text('Kenobi'), 'Help.Me': text('Me') }

  /** What a receive that asks for these attributes brings of a message that has three. */
  async function asking(aws: Account, names: string[] | undefined) {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes: attributes })
    const [message] = await aws.receive(url, { MessageAttributeNames: names })
    expect(message).toMatchObject({ Body: 'm' })
    return { attributes: message?.MessageAttributes, md5: message?.MD5OfMessageAttributes }
  }

  const unasked = { differs: { fauxqs: 'gives all' } }
  test(30, 'a receive that does not ask for attributes gets none', unasked, async (aws) => {
    expect(await asking(aws, undefined)).toEqual({})
  })

  const none = { differs: { fauxqs: 'gives none' } }
  for (const [all, where] of [
    ['All', {}],
    ['.*', {}],
    ['*', none],
  ] as const)
    test(30, `a receive that asks for '${all}' gets all attributes`, where, async (aws) => {
      expect(await asking(aws, [all])).toEqual({ attributes, md5: '4c360f3fdafd970e05fae2f149d997f5' })
    })

  test(30, 'a receive that asks for a prefix gets what begins with it, and the MD5 of that', none, async (aws) => {
    expect(await asking(aws, ['Hel.*'])).toEqual({
      attributes: { Hello: text('There'), 'Help.Me': text('Me') },
      md5: '83fee93c1bcd8b9a5a923ffacdc636c7',
    })
  })

  test(30, 'a receive that asks for names gets those that there are', {}, async (aws) => {
    const received = await asking(aws, ['Foo', 'Hello'])
    expect(received.attributes).toEqual({ Hello: text('There') })
  })

  const ofAll = { differs: { fauxqs: 'gives that of all attributes' } }
  test(30, 'a receive that asks for names gets the MD5 of those attributes alone', ofAll, async (aws) => {
    expect(await asking(aws, ['Foo', 'Hello'])).toMatchObject({ md5: 'a311262e065454b75da111d535b8dacd' })
  })

  for (const names of [['Foo', 'Help'], ['AWS.'], ['..foo']])
    test(30, `a receive that asks for ${names.join(' and ')} in vain gets no attributes`, {}, async (aws) => {
      expect(await asking(aws, names)).toEqual({})
    })

  // the SDK's type of AttributeNames knows no system attribute but All
  const senderId = ['SenderId' as never]

  test(31, 'MessageSystemAttributeNames adds to AttributeNames', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    const [message] = await aws.receive(url, { AttributeNames: senderId, MessageSystemAttributeNames: ['All'] })
    expect(Object.keys(message?.Attributes ?? {})).toEqual(
      expect.arrayContaining([
        'SenderId',
        'SentTimestamp',
        'ApproximateReceiveCount',
        'ApproximateFirstReceiveTimestamp',
      ]),
    )
  })

  const otherwise31 = { localstack: 'disregards AttributeNames' }
  test(31, 'AttributeNames adds to MessageSystemAttributeNames', { differs: otherwise31 }, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    const names = { AttributeNames: senderId, MessageSystemAttributeNames: ['SentTimestamp' as const] }
    const [message] = await aws.receive(url, names)
    expect(message?.Attributes).toEqual({ SenderId: expect.any(String), SentTimestamp: expect.any(String) })
  })

  test(32, 'system attributes are strings, times are milliseconds since 1970', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    const [message] = await aws.receive(url)
    expect(message?.Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
    })
  })

  test(33, 'a message is gone when its retention is over', { impossible: tooLong }, async (aws) => {
    const url = await aws.createQueue({ MessageRetentionPeriod: '60' })
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    await aws.pass('65s')
    expect(await aws.bodies(url)).toEqual([])
  })

  test(33, 'a message of a FIFO queue is gone when its retention is over', { impossible: tooLong }, async (aws) => {
    const url = await aws.createFifoQueue({ MessageRetentionPeriod: '60', ContentBasedDeduplication: 'true' })
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageGroupId: 'g' })
    await aws.pass('65s')
    expect(await aws.bodies(url)).toEqual([])
  })

  test(33, 'a message in flight is gone as well, and deleting it succeeds', { impossible: tooLong }, async (aws) => {
    const url = await aws.createQueue({ MessageRetentionPeriod: '60' })
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    const [message] = await aws.receive(url, { VisibilityTimeout: 62 })
    await aws.pass('65s')
    expect(await aws.bodies(url)).toEqual([])
    await aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle })
  })

  test(34, 'a long poll brings a message whose visibility timeout ends meanwhile', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    expect(await aws.bodies(url, { VisibilityTimeout: 1 })).toEqual(['m'])
    const poll = aws.bodies(url, { WaitTimeSeconds: 10 })
    await aws.pass('1s')
    // LocalStack looks once a second
    expect(await soon(aws, poll)).toEqual(['m'])
  })

  const user = { timestamp: { DataType: 'Number', StringValue: '1493147359900' } }
  const system = { AWSTraceHeader: text('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1') }
  const traced = { MessageBody: 'm', MessageAttributes: user, MessageSystemAttributes: system }

  const absent = { fauxqs: 'gives none' }
  test(35, 'a send answers with the MD5 of system attributes, if there are any', { differs: absent }, async (aws) => {
    const url = await aws.createQueue()
    const sent = await aws.sqs.sendMessage({ QueueUrl: url, ...traced })
    expect(sent).toMatchObject({ MD5OfMessageSystemAttributes: expect.stringMatching(/^[0-9a-f]{32}$/) })
    const plain = await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes: user })
    expect(plain).not.toHaveProperty('MD5OfMessageSystemAttributes')
  })

  test(35, 'system attributes do not change the MD5 of attributes, and have none on receipt', {}, async (aws) => {
    const url = await aws.createQueue()
    const sent = await aws.sqs.sendMessage({ QueueUrl: url, ...traced })
    const [message] = await aws.receive(url)
    const md5 = { MD5OfMessageAttributes: '235c5c510d26fb653d073faed50ae77c' }
    expect(sent).toMatchObject(md5)
    expect(message).toMatchObject(md5)
    expect(message).not.toHaveProperty('MD5OfMessageSystemAttributes')
  })
})
