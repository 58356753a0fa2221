import { expect, test } from 'vitest'
import type { TopicRef } from '../src/index.ts'
import { fakeAws } from './support/fake-aws.ts'

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

test('publishes a batch, and gives each entry its result', async () => {
  const failed = member('<Id>0</Id><Code>InternalError</Code><SenderFault>false</SenderFault>')
  const successful = member('<Id>1</Id><MessageId>b</MessageId><SequenceNumber>10</SequenceNumber>')
  await using aws = await fakeAws(({ response }) =>
    response.writeHead(200, XML).end(answer(`<Failed>${failed}</Failed><Successful>${successful}</Successful>`)),
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
  expect(sent.get('PublishBatchRequestEntries.member.2.MessageAttributes.entry.1.Value.StringValue')).toBe('order.paid')
})

test.each([
  ['NotFound', 404, { code: 'topic-not-found', verdict: 'never' }],
  ['Throttled', 429, { code: 'throttled', verdict: 'later' }],
  ['KMSThrottling', 400, { code: 'kms', verdict: 'later' }],
  ['AuthorizationError', 403, { code: 'access-denied', verdict: 'never' }],
  ['InternalError', 500, { code: 'service', verdict: 'now', unknown: true }],
])('%s is tried once, and judged by its code', async (code, status, expected) => {
  const error = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>No.</Message></Error></ErrorResponse>`
  await using aws = await fakeAws(({ response }) => response.writeHead(status, XML).end(error))
  await expect(aws.connection.sns.publish(topic, [entry('a')], CALL)).rejects.toMatchObject({ ...expected, status })
  expect(aws.calls).toHaveLength(1)
})
