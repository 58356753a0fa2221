import { expect } from 'vitest'
import { chapter } from './support/chapter.ts'
import { refusal } from './support/refusal.ts'
import { soon } from './support/soon.ts'

const MEBIBYTE = 1_048_576
/** Eight bytes: name, type and value. */
const attribute = { k: { DataType: 'String', StringValue: 'x' } }

chapter('Send', (test) => {
  test(1, 'an empty body is refused', {}, async (aws) => {
    const url = await aws.createQueue()
    expect(await refusal(aws.sqs.sendMessage({ QueueUrl: url, MessageBody: '' }))).toMatchObject({
      code: 'MissingParameter',
      message: 'The request must contain the parameter MessageBody.',
    })
  })

  test(2, 'a body with a character that XML does not allow is refused', {}, async (aws) => {
    const url = await aws.createQueue()
    for (const character of ['\x00', '\x08', '\x13', '\uFFFF']) {
      const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody: `a${character}z` })
      expect(await refusal(call)).toMatchObject({ code: 'InvalidMessageContents' })
    }
  })

  test(2, 'tabs and line breaks are allowed in a body', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'a\tb\r\nc' })
    expect(await aws.bodies(url)).toEqual(['a\tb\r\nc'])
  })

  test(3, 'a message of more than a mebibyte with its attributes is refused', {}, async (aws) => {
    const url = await aws.createQueue()
    const MessageBody = 'm'.repeat(MEBIBYTE - 8 + 1)
    const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody, MessageAttributes: attribute })
    expect(await refusal(call)).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
    })
  })

  test(3, 'a message of a mebibyte with its attributes is accepted', {}, async (aws) => {
    const url = await aws.createQueue()
    const MessageBody = 'm'.repeat(MEBIBYTE - 8)
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody, MessageAttributes: attribute })
    const [message] = await aws.receive(url)
    expect(message?.Body).toHaveLength(MEBIBYTE - 8)
  })

  test(4, 'MaximumMessageSize includes its own value and counts attributes', {}, async (aws) => {
    const url = await aws.createQueue({ MaximumMessageSize: '1024' })
    const message = { QueueUrl: url, MessageBody: 'm'.repeat(1024) }
    await aws.sqs.sendMessage(message)
    expect(await refusal(aws.sqs.sendMessage({ ...message, MessageAttributes: attribute }))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
    })
  })

  for (const [what, group] of [
    ['that is empty', ''],
    ['of 129 characters', 'g'.repeat(129)],
    ['with a space', 'group 123'],
  ] as const)
    test(
      5,
      `a message group ${what} is refused on a standard queue`,
      { differs: { fauxqs: 'accepts it' } },
      async (aws) => {
        const url = await aws.createQueue()
        const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageGroupId: group })
        expect(await refusal(call)).toMatchObject({
          code: 'InvalidParameterValue',
          message:
            `Value ${group} for parameter MessageGroupId is invalid. ` +
            'Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
        })
      },
    )

  test(6, 'a standard queue takes a message group, and gives no sequence number', {}, async (aws) => {
    const url = await aws.createQueue()
    const sent = await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageGroupId: 'test' })
    expect(sent).not.toHaveProperty('SequenceNumber')
    const [message] = await aws.receive(url)
    expect(message).toMatchObject({ Body: 'm' })
    expect(message?.Attributes).not.toHaveProperty('SequenceNumber')
  })

  test(6, 'a standard queue gives the message group on receipt', { differs: { fauxqs: 'drops it' } }, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageGroupId: 'test' })
    const [message] = await aws.receive(url)
    expect(message?.Attributes).toMatchObject({ MessageGroupId: 'test' })
  })

  test(7, 'a deduplication id is refused on a standard queue', { differs: { fauxqs: 'accepts it' } }, async (aws) => {
    const url = await aws.createQueue()
    const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageDeduplicationId: 'd' })
    expect(await refusal(call)).toMatchObject({ code: 'InvalidParameterValue' })
  })

  test(8, 'a body comes byte for byte as it was sent', {}, async (aws) => {
    const url = await aws.createQueue()
    const body = '"quoted"\r\n<a>&amp;</a> Grüße €'
    const sent = await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: body })
    const [message] = await aws.receive(url)
    expect(message).toMatchObject({ Body: body, MD5OfBody: sent.MD5OfMessageBody })
  })

  test(9, "a queue's name does for its URL", {}, async (aws) => {
    const url = await aws.createQueue({}, 'named')
    await aws.sqs.sendMessage({ QueueUrl: `${aws.prefix}named`, MessageBody: 'm' })
    expect(await aws.bodies(url)).toEqual(['m'])
  })

  test(
    10,
    'a trace header that is sent as system attribute is one on receipt',
    { differs: { fauxqs: 'drops it' } },
    async (aws) => {
      const url = await aws.createQueue()
      const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
      await aws.sqs.sendMessage({
        QueueUrl: url,
        MessageBody: 'm',
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
      })
      const [message] = await aws.receive(url)
      expect(message?.Attributes).toMatchObject({ AWSTraceHeader: trace })
    },
  )

  const noHeaders = "the suite asks in the SDK's own shapes, which have no place for an HTTP header"
  const nowhere = { simulator: noHeaders, fauxqs: noHeaders, localstack: noHeaders, aws: noHeaders }
  test(
    10,
    'the HTTP header X-Amzn-Trace-Id becomes AWSTraceHeader, unless that is given',
    { impossible: nowhere },
    () => Promise.resolve(),
  )

  test(
    11,
    'a delayed message is not there before its time, and then comes to the poll that is open',
    {},
    async (aws) => {
      const url = await aws.createQueue()
      await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', DelaySeconds: 3 })
      expect(await aws.bodies(url, { WaitTimeSeconds: 0 })).toEqual([])
      const poll = aws.bodies(url, { WaitTimeSeconds: 10 })
      await aws.pass('3s')
      // LocalStack looks once a second
      expect(await soon(aws, poll)).toEqual(['m'])
    },
  )
})
