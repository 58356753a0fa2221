import { expect } from 'vitest'
import { chapter } from './support/chapter.ts'
import { refusal } from './support/refusal.ts'

const text = (value: string) => ({ DataType: 'String', StringValue: value })
const number = (value: string) => ({ DataType: 'Number', StringValue: value })

chapter('Attributes', (test) => {
  test(122, 'the MD5 of attributes is that of their names, types and values, by name', {}, async (aws) => {
    const url = await aws.createQueue({ VisibilityTimeout: '0' })
    for (const [md5, attributes] of [
      ['a45daa70926828a2f0a1db3418e6feb4', { k: text('x') }],
      ['adb59cd4678ea5a855436b949cd07ab6', { MyAttribute: text('foobar') }],
      ['235c5c510d26fb653d073faed50ae77c', { timestamp: number('1493147359900') }],
      ['4c360f3fdafd970e05fae2f149d997f5', { Hello: text('There'), General: text('Kenobi'), 'Help.Me': text('Me') }],
      ['a311262e065454b75da111d535b8dacd', { Hello: text('There') }],
      ['d302007e9aa062660afc85fd0a482472', { attr1: number('99.12') }],
      ['9b720b3af309c1c4b0d395c53b08c502', { attr1: number('99.12'), attr2: number('109.12') }],
      [
        'd25a6aea97eb8f585bfa92d314504a92',
        { WeeksOn: number('6'), Author: text('John Grisham'), Title: text('The Whistler') },
      ],
    ] as const) {
      const sent = await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes: { ...attributes } })
      expect(sent.MD5OfMessageAttributes).toBe(md5)
    }
  })

  const bytes = Buffer.from('traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01')
  const binary = { attr1: { DataType: 'Binary', BinaryValue: bytes } }

  test(123, 'a binary attribute comes as the bytes that were sent', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes: binary })
    const [message] = await aws.receive(url)
    const { DataType, BinaryValue = [] } = message?.MessageAttributes?.['attr1'] ?? {}
    expect(DataType).toBe('Binary')
    expect(Buffer.from(BinaryValue)).toEqual(bytes)
  })

  test(123, 'the MD5 of a binary attribute is that of its bytes', {}, async (aws) => {
    const url = await aws.createQueue()
    const md5 = { MD5OfMessageAttributes: '8cbe4db156db8a94db8b801b7addb984' }
    expect(await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes: binary })).toMatchObject(md5)
    const [message] = await aws.receive(url)
    expect(message).toMatchObject(md5)
  })

  const absent = { fauxqs: 'gives none' }
  test(123, 'the MD5 of system attributes is made like that of others', { differs: absent }, async (aws) => {
    const url = await aws.createQueue()
    const AWSTraceHeader = text('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1')
    const sent = await aws.sqs.sendMessage({
      QueueUrl: url,
      MessageBody: 'm',
      MessageSystemAttributes: { AWSTraceHeader },
    })
    expect(sent.MD5OfMessageSystemAttributes).toBe('5ae4d5d7636402d80f4eb6d213245a88')
  })

  const accepts = { fauxqs: 'accepts it' }
  test(124, 'an attribute that is an empty string is refused', { differs: accepts }, async (aws) => {
    const url = await aws.createQueue()
    const MessageAttributes = { ErrorDetails: text('') }
    expect(await refusal(aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes }))).toMatchObject({
      code: 'InvalidParameterValue',
      message: "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
    })
  })

  for (const [what, attributes] of [
    ["whose name begins with 'aWs.'", { 'aWs.x': text('v') }],
    ["whose name begins with 'AMAZON.'", { 'AMAZON.x': text('v') }],
    ['whose name begins with a full stop', { '.x': text('v') }],
    ['whose name ends with a full stop', { 'x.': text('v') }],
    ['with an exclamation mark and a quotation mark in its name', { 'a!"': text('v') }],
    ['with a name of 257 characters', { ['n'.repeat(257)]: text('v') }],
    ['with an empty type', { x: { DataType: '', StringValue: 'v' } }],
    ["of the type 'Invalid'", { x: { DataType: 'Invalid', StringValue: 'v' } }],
    ['with a type of over 256 characters', { x: { DataType: `Number.${'l'.repeat(256)}`, StringValue: '1' } }],
    ['with control characters in its value', { x: text('\x08\x0B') }],
  ] as const)
    test(125, `an attribute ${what} is refused`, { differs: accepts }, async (aws) => {
      const url = await aws.createQueue()
      const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes: { ...attributes } })
      expect(await refusal(call)).toMatchObject({ code: 'InvalidParameterValue' })
    })

  test(125, "an attribute's name may have umlauts", {}, async (aws) => {
    const url = await aws.createQueue()
    const MessageAttributes = { 'attr.1øßä': text('v') }
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes })
    const [message] = await aws.receive(url)
    expect(message?.MessageAttributes).toEqual(MessageAttributes)
  })

  const some = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, text('v')]))

  test(126, 'a message can have ten attributes', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes: some(10) })
    const [message] = await aws.receive(url)
    expect(message?.MessageAttributes).toEqual(some(10))
  })

  const all = { fauxqs: 'accepts it', localstack: 'accepts it' }
  test(126, 'a message with eleven attributes is refused', { differs: all }, async (aws) => {
    const url = await aws.createQueue()
    const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageAttributes: some(11) })
    expect(await refusal(call)).toMatchObject({ code: 'InvalidParameterValue' })
  })
})
