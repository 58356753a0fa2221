import { describe, expect, test } from 'vitest'
import { type EntryResult, SqsError, type TopicRef } from '../src/index.ts'
import { fakeAws } from './support/fake-aws.ts'
import { fauxqs } from './support/fauxqs.ts'
import { TRANSPORTS } from './support/transports.ts'

const CALL = { timeout: 5_000 }
const topic: TopicRef = { name: 'orders', arn: 'arn:aws:sns:eu-central-1:123456789012:orders.fifo', fifo: true }
const entry = (body: string) => ({
  body,
  attributes: { 'waybill-type': { type: 'String', value: 'order.paid' } },
  group: 'o-1',
  deduplicationId: body,
})

const XML = { 'content-type': 'text/xml' }
const answer = (result: string) =>
  `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>${result}</PublishBatchResult></PublishBatchResponse>`
const member = (text: string) => `<member>${text}</member>`
const successful = (members: string) => `<Successful>${members}</Successful>`
const said = (result: EntryResult) =>
  result.ok ? result.value.messageId : result.error instanceof SqsError && result.error.code

describe.each(TRANSPORTS)('%s', (transport) => {
  test('publishes a batch, and gives each entry its result', async () => {
    const failed = member('<Id>0</Id><Code>InternalError</Code><SenderFault>false</SenderFault>')
    const accepted = member('<Id>1</Id><MessageId>b</MessageId><SequenceNumber>10</SequenceNumber>')
    await using aws = await fakeAws(
      ({ response }) => response.writeHead(200, XML).end(answer(`<Failed>${failed}</Failed>${successful(accepted)}`)),
      { transport },
    )
    expect(await aws.connection.sns.publish(topic, [entry('a'), entry('b'), entry('c')], CALL)).toMatchObject([
      { ok: false, verdict: 'now', error: { code: 'service' } },
      { ok: true, value: { messageId: 'b', sequenceNumber: '10' } },
      {
        ok: false,
        verdict: 'now',
        unknown: true,
        error: {
          code: 'no-answer',
          message: `topic 'orders' (${topic.arn}): PublishBatch was answered without a word on this entry.`,
        },
      },
    ])
    const sent = new URLSearchParams(aws.calls[0]?.body)
    expect(sent.get('TopicArn')).toBe(topic.arn)
    expect(sent.get('PublishBatchRequestEntries.member.2.Message')).toBe('b')
    expect(sent.get('PublishBatchRequestEntries.member.2.MessageGroupId')).toBe('o-1')
    expect(sent.get('PublishBatchRequestEntries.member.2.MessageAttributes.entry.1.Value.StringValue')).toBe(
      'order.paid',
    )
  })

  test.each([
    ['NotFound', 404, { code: 'topic-not-found', verdict: 'never' }],
    ['Throttled', 429, { code: 'throttled', verdict: 'later' }],
    ['KMSThrottling', 400, { code: 'kms', verdict: 'later' }],
    ['AuthorizationError', 403, { code: 'access-denied', verdict: 'never' }],
    ['InternalError', 500, { code: 'service', verdict: 'now', unknown: true }],
  ])('%s is tried once, and judged by its code', async (code, status, expected) => {
    const error = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>No.</Message></Error></ErrorResponse>`
    await using aws = await fakeAws(({ response }) => response.writeHead(status, XML).end(error), { transport })
    await expect(aws.connection.sns.publish(topic, [entry('a')], CALL)).rejects.toMatchObject({ ...expected, status })
    expect(aws.calls).toHaveLength(1)
  })

  test.each([
    ['nothing', '<Failed/><Successful/>', ['no-answer', 'no-answer', 'no-answer']],
    ['nothing at all', '', ['no-answer', 'no-answer', 'no-answer']],
    ['one', successful(member('<Id>1</Id><MessageId>b</MessageId>')), ['no-answer', 'b', 'no-answer']],
    [
      'several',
      successful([2, 0, 1].map((id) => member(`<Id>${id}</Id><MessageId>m${id}</MessageId>`)).join('\n')),
      ['m0', 'm1', 'm2'],
    ],
  ])('an answer may name %s', async (_how_many, result, expected) => {
    await using aws = await fakeAws(
      ({ response }) => response.writeHead(200, XML).end(`<?xml version="1.0" encoding="UTF-8"?>\n${answer(result)}\n`),
      { transport },
    )
    const results = await aws.connection.sns.publish(topic, [entry('a'), entry('b'), entry('c')], CALL)
    expect(results.map(said)).toEqual(expected)
  })

  test.each([
    ['NewInTwoYears', '<SenderFault>true</SenderFault>', { code: 'invalid-request' }, 'never'],
    ['NewInTwoYears', '<SenderFault>false</SenderFault>', { code: 'service' }, 'now'],
    ['NewInTwoYears', '', { code: 'invalid-request' }, 'never'],
    ['Throttled', '<SenderFault>true</SenderFault>', { code: 'throttled' }, 'later'],
  ])('a failed entry has its verdict: %s %s', async (code, fault, error, verdict) => {
    const failed = member(`<Id>0</Id><Code>${code}</Code><Message>&lt;a&gt; &amp;&#32;b &#x41;</Message>${fault}`)
    await using aws = await fakeAws(
      ({ response }) => response.writeHead(200, XML).end(answer(`<Failed>${failed}</Failed>`)),
      { transport },
    )
    const message = `topic 'orders' (${topic.arn}): PublishBatch was refused for this message: ${code}: <a> & b A.`
    expect(await aws.connection.sns.publish(topic, [entry('a')], CALL)).toMatchObject([
      { ok: false, verdict, error: { ...error, message } },
    ])
  })

  test.each([200, 503])('HTTP %i with a page where the answer should be may have been accepted', async (status) => {
    await using aws = await fakeAws(({ response }) => response.writeHead(status).end('<html><p>Sorry</html>'), {
      transport,
    })
    await expect(aws.connection.sns.publish(topic, [entry('a')], CALL)).rejects.toMatchObject({
      code: 'service',
      verdict: 'now',
      unknown: true,
      status,
    })
  })

  test('HTTP 503 may have been accepted, whatever the answer says', async () => {
    const accepted = successful(member('<Id>0</Id><MessageId>a</MessageId>'))
    await using aws = await fakeAws(({ response }) => response.writeHead(503, XML).end(answer(accepted)), { transport })
    await expect(aws.connection.sns.publish(topic, [entry('a')], CALL)).rejects.toMatchObject({
      code: 'service',
      verdict: 'now',
      unknown: true,
      status: 503,
    })
  })

  test('what is published is what is delivered, whatever it is', async () => {
    await using aws = await fauxqs({ transport })
    const { admin, sns, sqs } = aws.connection
    const queue = { name: 'receipts', url: await admin.createQueue('receipts', {}), fifo: false }
    const arn = await admin.createTopic('orders', {})
    const { QueueArn = '' } = await admin.queueAttributes(queue.url)
    await admin.subscribe(arn, QueueArn, { RawMessageDelivery: 'true' })
    const body = '{"a":"1 + 1 = 2 & 50% ~*\\n"}\r\n Grüße;世界'
    const attributes = {
      bytes: { type: 'Binary', value: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
      text: { type: 'String', value: 'a=1&b=+ü' },
      number: { type: 'Number', value: '17' },
    }
    expect(await sns.publish({ name: 'orders', arn, fifo: false }, [{ body, attributes }], CALL)).toMatchObject([
      { ok: true },
    ])
    const request = { max: 1, wait: 5, visibilityTimeout: 30 }
    expect(await sqs.receive(queue, request, CALL)).toMatchObject([{ body, attributes }])
  })
})
