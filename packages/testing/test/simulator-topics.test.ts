// What the conformance cases leave open, and AWS documents.
import { simulate } from '@waybill/testing'
import { describe, expect, test } from 'vitest'

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`
const allow = (Resource: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource,
  ...more,
})

/** A topic with a queue that takes from it what its policy lets it. */
async function topic(statements: readonly object[] = [allow(arn('q'))]) {
  const aws = simulate()
  const { api, admin } = aws
  await admin.createQueue('q', { Policy: JSON.stringify({ Statement: statements }) })
  const TopicArn = await admin.createTopic('t', {})
  await admin.subscribe(TopicArn, arn('q'), { RawMessageDelivery: 'true' })
  const declared = { name: 'q', fifo: false }
  return {
    api,
    admin,
    TopicArn,
    publish: (Message: string, more: object = {}) => api.sns.publish({ TopicArn, Message, ...more }),
    bodies: () => aws.contents(declared).visible.map(({ body }) => body),
  }
}

describe('a queue takes from a topic what its policy allows', () => {
  test.each([
    ['for that queue', [allow(arn('q'))], true],
    ['for any queue', [allow('*')], true],
    ['for another queue', [allow(arn('other'))], false],
    ['but denies as well', [allow('*'), allow('*', { Effect: 'Deny' })], false],
    ['for another topic', [allow('*', { Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:x:0:y' } } })], false],
    [
      'for topics of the account',
      [allow('*', { Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } })],
      true,
    ],
    ['for topics like it', [allow('*', { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:t' } } })], true],
    [
      'under a condition that it does not know',
      [allow('*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      false,
    ],
    ['for somebody else', [allow('*', { Principal: { Service: 'events.amazonaws.com' } })], false],
    ['to receive', [allow('*', { Action: 'sqs:ReceiveMessage' })], false],
  ])('%s', async (_what, statements, taken) => {
    const at = await topic(statements)
    await at.publish('a')
    expect(at.bodies()).toEqual(taken ? ['a'] : [])
  })
})

test('a batch with a message that has no text for SQS is refused before any of it is delivered', async () => {
  const at = await topic()
  const PublishBatchRequestEntries = [
    { Id: '0', Message: 'good' },
    { Id: '1', Message: '{}', MessageStructure: 'json' },
  ]
  await expect(at.api.sns.publishBatch({ TopicArn: at.TopicArn, PublishBatchRequestEntries })).rejects.toThrow(
    'No default entry',
  )
  expect(at.bodies()).toEqual([])
})

test.each([
  ['a message group with a space', { MessageGroupId: 'g 1' }, 'MessageGroupId'],
  ['a number that is none', { MessageAttributes: { n: { DataType: 'Number', StringValue: 'abc' } } }, 'to number'],
])('%s is refused', async (_what, more, message) => {
  const at = await topic()
  await expect(at.publish('a', more)).rejects.toThrow(message)
})

test('a subject does not count against the size of a message', async () => {
  const at = await topic()
  await at.publish('x'.repeat(262_144), { Subject: 'large' })
  expect(at.bodies()).toHaveLength(1)
})

test.each([
  [{ FilterPolic: '{}' }, 'FilterPolic'],
  [{ RedrivePolicy: '{"deadLetterTargetArn":"nonsense"}' }, 'invalid arn'],
  [{ RedrivePolicy: `{"deadLetterTargetArn":"${arn('dead.fifo')}"}` }, 'standard queue'],
])('a subscription with %j is refused', async (attributes, message) => {
  const at = await topic()
  await expect(at.admin.subscribe(at.TopicArn, arn('other'), attributes)).rejects.toThrow(message)
})

test.each([{ MaximumMessageSize: 'abc' }, { Unknown: '1' }])('a topic with %j is refused', async (attributes) => {
  const at = await topic()
  await expect(at.admin.createTopic('other', attributes)).rejects.toThrow('Attributes')
})
