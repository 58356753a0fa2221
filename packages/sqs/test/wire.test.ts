import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Accept, type Attributes, pack, type ReceivedMessage, unpack } from '../src/index.ts'

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:orders'
const direct: Accept = { topics: new Set(), untyped: undefined }
const subscribed: Accept = { topics: new Set([TOPIC]), untyped: undefined }
const untyped: Accept = { topics: new Set(), untyped: { as: 'receipt.send', version: 1 } }

const text = (value: string) => ({ type: 'String', value })

function received(body: string, attributes: Attributes = {}): ReceivedMessage {
  return {
    messageId: 'sqs-1',
    receiptHandle: 'h',
    body,
    attributes,
    group: undefined,
    sequenceNumber: undefined,
    receives: 1,
    sentAt: 0,
  }
}

const envelope = (more: object = {}) =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: 'sns-1',
    TopicArn: TOPIC,
    Message: '{"a":1}',
    Timestamp: '2026-11-23T12:00:00.000Z',
    ...more,
  })

const attribute = fc.string({ minLength: 1 })
const ownName = fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `x-${name}`)

test('what is packed is unpacked', () => {
  const outgoing = fc.record({
    type: attribute,
    version: fc.integer({ min: 1 }),
    id: attribute,
    trace: fc.record({ traceparent: attribute, tracestate: attribute }, { requiredKeys: [] }),
    attributes: fc.dictionary(ownName, attribute),
  })
  fc.assert(
    fc.property(outgoing, fc.string(), (message, body) => {
      expect(unpack(received(body, pack(message)), direct)).toEqual({
        ...message,
        attributes: { ...message.attributes },
        trace: { ...message.trace },
        body,
      })
    }),
  )
})

test("a message has Waybill's attributes beside the sender's", () => {
  const trace = { traceparent: '00-a-b-01' }
  expect(pack({ type: 'order.paid', version: 2, id: 'id-1', trace, attributes: { tenant: 'acme' } })).toEqual({
    'waybill-type': text('order.paid'),
    'waybill-version': { type: 'Number', value: '2' },
    'waybill-id': text('id-1'),
    traceparent: text('00-a-b-01'),
    tenant: text('acme'),
  })
})

describe('foreign attributes', () => {
  test('of other types are read as text, bytes as base64', () => {
    const attributes = {
      count: { type: 'Number.int', value: '5' },
      raw: { type: 'Binary', value: new Uint8Array([1, 2, 255]) },
    }
    expect(unpack(received('{}', attributes), direct).attributes).toEqual({ count: '5', raw: 'AQL/' })
  })

  test("with reserved names are not the sender's", () => {
    const attributes = {
      'waybill-dead-letter': text('{}'),
      'waybill-new': text('x'),
      tracestate: text('a=b'),
      mine: text('y'),
    }
    expect(unpack(received('{}', attributes), direct)).toMatchObject({
      attributes: { mine: 'y' },
      trace: { tracestate: 'a=b' },
    })
  })
})

describe('the version', () => {
  test.each(['0', '-1', '1.5', '01', 'two', '', '1e3', '9007199254740993'])(
    '%o is none that a contract has',
    (version) => {
      expect(
        unpack(received('{}', { 'waybill-type': text('a'), 'waybill-version': text(version) }), untyped).version,
      ).toBeUndefined()
    },
  )

  test('is not guessed for a typed message without one', () => {
    expect(unpack(received('{}', { 'waybill-type': text('a') }), untyped)).toMatchObject({
      type: 'a',
      version: undefined,
    })
  })
})

describe('a message without a type', () => {
  test('is what the queue says it is', () => {
    expect(unpack(received('{}', { mine: text('y') }), untyped)).toEqual({
      type: 'receipt.send',
      version: 1,
      id: 'sqs-1',
      body: '{}',
      attributes: { mine: 'y' },
      trace: {},
    })
  })

  test('has none where the queue says nothing', () => {
    expect(unpack(received('{}'), direct)).toMatchObject({ type: undefined, version: undefined, id: 'sqs-1' })
  })
})

describe('an SNS envelope', () => {
  const attributes = {
    'waybill-type': { Type: 'String', Value: 'order.paid' },
    'waybill-version': { Type: 'Number', Value: '2' },
    'waybill-id': { Type: 'String', Value: 'id-1' },
    raw: { Type: 'Binary', Value: 'AQL/' },
  }
  const unwrapped = {
    type: 'order.paid',
    version: 2,
    id: 'id-1',
    body: '{"a":1}',
    attributes: { raw: 'AQL/' },
    trace: {},
  }

  test.each([
    ['a standard topic', { SignatureVersion: '1', Signature: 's', SigningCertURL: 'u' }],
    ['a FIFO topic, without signature', { SequenceNumber: '10000000000000000000' }],
    ['a publisher with a subject', { Subject: 'paid' }],
  ])('of %s is unwrapped', (_from, more) => {
    expect(unpack(received(envelope({ MessageAttributes: attributes, ...more })), subscribed)).toEqual(unwrapped)
  })

  test('of a publisher that knows nothing of Waybill has the SNS id', () => {
    expect(unpack(received(envelope()), { ...subscribed, untyped: { as: 'order.paid', version: 1 } })).toMatchObject({
      type: 'order.paid',
      version: 1,
      id: 'sns-1',
      body: '{"a":1}',
    })
  })

  test.each([
    [
      'a topic that the queue does not subscribe to',
      envelope({ TopicArn: 'arn:aws:sns:eu-central-1:123456789012:others' }),
    ],
    ['another kind', envelope({ Type: 'SubscriptionConfirmation' })],
    ['one without text', envelope({ Message: { a: 1 } })],
    ['a payload with a Type of its own', '{"Type":"Notification","Message":"hello"}'],
    ['a payload that is an S3 test event', '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}'],
    ['no object', '"Notification"'],
    ['null', 'null'],
    ['no JSON', '{"Type":"Notification"'],
  ])('is left alone when it is %s', (_what, body) => {
    expect(unpack(received(body), subscribed)).toMatchObject({ body, id: 'sqs-1', type: undefined })
  })

  test('is left alone on a queue without subscriptions', () => {
    expect(unpack(received(envelope()), direct).body).toBe(envelope())
  })

  test('is left alone when the message bears its type itself: it is a payload then', () => {
    const body = envelope({ MessageAttributes: attributes })
    const raw = unpack(received(body, { 'waybill-type': text('copied'), 'waybill-version': text('1') }), subscribed)
    expect(raw).toMatchObject({ type: 'copied', version: 1, body })
  })
})
