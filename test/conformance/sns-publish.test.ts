import { expect } from 'vitest'
import { chapter } from './support/chapter.ts'
import { refusal } from './support/refusal.ts'

const text = (StringValue: string) => ({ DataType: 'String', StringValue })

const accepts = { differs: { fauxqs: 'accepts it' } }
const notFound = { differs: { fauxqs: 'says that it is not found' } }

chapter('SNS to SQS', (test) => {
  test(94, 'an empty subject is refused', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    expect(await refusal(aws.sns.publish({ TopicArn, Subject: '', Message: 'hello' }))).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: Subject',
    })
  })

  test(94, 'an empty message is refused', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    expect(await refusal(aws.sns.publish({ TopicArn, Message: '' }))).toMatchObject({ code: 'InvalidParameter' })
  })

  test(94, 'it says that the message is empty', { differs: { fauxqs: "says 'Message is required'" } }, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { message } = await refusal(aws.sns.publish({ TopicArn, Message: '' }))
    expect(message).toBe('Invalid parameter: Empty message')
  })

  test(94, 'a message and its attributes have 262,144 bytes at most', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    // name, type and value are eight bytes
    const MessageAttributes = { k: text('x') }
    const Message = 'a'.repeat(262_144 - 8)
    await aws.sns.publish({ TopicArn, Message, MessageAttributes })
    const tooLong = aws.sns.publish({ TopicArn, Message: `${Message}a`, MessageAttributes })
    expect(await refusal(tooLong)).toMatchObject({ code: 'InvalidParameter' })
  })

  const adds = { differs: { fauxqs: "adds 'Message must be shorter than 262144 bytes.'" } }

  test(94, 'it says that the message is too long', adds, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { message } = await refusal(aws.sns.publish({ TopicArn, Message: 'a'.repeat(262_145) }))
    expect(message).toBe('Invalid parameter: Message too long')
  })

  test(95, 'a batch has 262,144 bytes at most', { differs: { fauxqs: 'accepts more' } }, async (aws) => {
    const TopicArn = await aws.createTopic()
    const batch = (bytes: number) => [
      { Id: '1', Message: 'a'.repeat(131_072) },
      { Id: '2', Message: 'b'.repeat(bytes - 131_072) },
    ]
    await aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: batch(262_144) })
    const tooLong = aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: batch(262_145) })
    expect(await refusal(tooLong)).toMatchObject({
      code: 'BatchRequestTooLong',
      message: 'The length of all the messages put together is more than the limit.',
    })
  })

  test(95, 'a batch has ten entries at most', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const PublishBatchRequestEntries = Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, Message: 'x' }))
    expect(await refusal(aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries }))).toMatchObject({
      code: 'TooManyEntriesInBatchRequest',
      message: 'The batch request contains more entries than permissible.',
    })
  })

  test(95, 'an id comes once in a batch', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const PublishBatchRequestEntries = ['a', 'b'].map((Message) => ({ Id: '1', Message }))
    expect(await refusal(aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries }))).toMatchObject({
      code: 'BatchEntryIdsNotDistinct',
      message: 'Two or more batch entries in the request have the same Id.',
    })
  })

  const entry = (Id: string) => [{ Id, Message: 'x' }]
  const long = 'a'.repeat(81)

  test(96, 'an id has no dot, and 80 characters at most', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    await aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: entry('a'.repeat(80)) })
    for (const id of ['message.id', long]) {
      const call = aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: entry(id) })
      expect(await refusal(call)).toMatchObject({ code: 'InvalidBatchEntryId' })
    }
  })

  test(96, 'it says what is wrong with the id', { differs: { fauxqs: 'says what SQS says' } }, async (aws) => {
    const TopicArn = await aws.createTopic()
    for (const [id, wrong] of [
      ['message.id', 'contains an impermissible character: message.id'],
      [long, `is too long: ${long}`],
    ] as const) {
      const { message } = await refusal(aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries: entry(id) }))
      expect(message).toBe(`The Id of a batch entry in the batch request ${wrong}`)
    }
  })

  test(97, 'when all entries succeed, the failed ones are an empty list', {}, async (aws) => {
    const TopicArn = await aws.createTopic()
    const PublishBatchRequestEntries = ['1', '2'].map((Id) => ({ Id, Message: 'x' }))
    expect(await aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries })).toMatchObject({
      Successful: [{ Id: '1' }, { Id: '2' }],
      Failed: [],
    })
  })

  test(99, 'an unknown topic is not found', {}, async (aws) => {
    const TopicArn = `${await aws.createTopic()}-fake`
    expect(await refusal(aws.sns.publish({ TopicArn, Message: 'hello' }))).toMatchObject({
      code: 'NotFound',
      message: 'Topic does not exist',
    })
  })

  test(99, 'a text that is no ARN is refused', notFound, async (aws) => {
    expect(await refusal(aws.sns.publish({ TopicArn: 'randomstring', Message: 'hello' }))).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
    })
  })

  test(99, 'a topic of another region is refused', notFound, async (aws) => {
    const TopicArn = (await aws.createTopic()).replace(/(?<=:sns:)[^:]+/, 'sa-east-1')
    expect(await refusal(aws.sns.publish({ TopicArn, Message: 'hello' }))).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: TopicArn',
    })
  })

  test(104, 'a standard topic takes no deduplication id', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    expect(await refusal(aws.sns.publish({ TopicArn, Message: 'hello', MessageDeduplicationId: 'd' }))).toMatchObject({
      code: 'InvalidParameter',
      message:
        'Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    })
  })

  test(107, 'a message for several protocols needs a default text', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    for (const Message of ['{"sqs":"for SQS"}', '{"default":{"object":"test"}}'])
      expect(await refusal(aws.sns.publish({ TopicArn, MessageStructure: 'json', Message }))).toMatchObject({
        code: 'InvalidParameter',
        message: 'Invalid parameter: Message Structure - No default entry in JSON message body',
      })
  })

  test(107, 'a message for several protocols is JSON', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    const Message = '{"default":"for all"} }'
    expect(await refusal(aws.sns.publish({ TopicArn, MessageStructure: 'json', Message }))).toMatchObject({
      code: 'InvalidParameter',
      message: 'Invalid parameter: Message Structure - JSON message body failed to parse',
    })
  })

  test(108, 'an attribute without a value is refused', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    const MessageAttributes = { attr1: text('') }
    expect(await refusal(aws.sns.publish({ TopicArn, Message: 'hello', MessageAttributes }))).toMatchObject({
      code: 'ParameterValueInvalid',
      message:
        "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
    })
  })

  test(108, 'a name with two dots in a row is refused', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    const MessageAttributes = { 'a..b': text('x') }
    expect(await refusal(aws.sns.publish({ TopicArn, Message: 'hello', MessageAttributes }))).toMatchObject({
      code: 'ParameterValueInvalid',
      message: "Message attribute name can not have successive '.' character.",
    })
  })

  test(108, 'an unknown type is refused', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    const MessageAttributes = { attr1: { DataType: 'Foo', StringValue: 'x' } }
    expect(await refusal(aws.sns.publish({ TopicArn, Message: 'hello', MessageAttributes }))).toMatchObject({
      code: 'ParameterValueInvalid',
      message:
        "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
    })
  })

  test(108, 'a batch with one such entry is refused as a whole', accepts, async (aws) => {
    const TopicArn = await aws.createTopic()
    const { url } = await aws.subscribe(TopicArn)
    const PublishBatchRequestEntries = [
      { Id: '1', Message: 'bad', MessageAttributes: { attr1: text('') } },
      { Id: '2', Message: 'good' },
    ]
    expect(await refusal(aws.sns.publishBatch({ TopicArn, PublishBatchRequestEntries }))).toMatchObject({
      code: 'ParameterValueInvalid',
    })
    await aws.pass('1s')
    expect(await aws.bodies(url)).toEqual([])
  })
})
