import { runInNewContext } from 'node:vm'
import { fail, failEntries, type Failure, omitEntries, type Refusal } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { jobs } from './support/jobs.ts'

type Seen = readonly [failure: Failure, code: string, verdict: string, unknown: boolean]

const REFUSALS: readonly (Seen & { readonly 0: Refusal })[] = [
  ['throttled', 'throttled', 'later', false],
  ['over-limit', 'over-limit', 'later', false],
  ['unavailable', 'service', 'now', true],
  ['access-denied', 'access-denied', 'never', false],
  ['kms-throttled', 'kms', 'later', false],
  ['kms-denied', 'kms', 'never', false],
  ['queue-missing', 'queue-not-found', 'never', false],
]
const LOST: Seen = ['network', 'network', 'now', true]
const noAnswer = { ok: false, verdict: 'now', unknown: true, error: { code: 'no-answer' } }
const first = (_entry: unknown, index: number) => index === 0

describe('fail', () => {
  test.each<Seen>([...REFUSALS, LOST])(
    '%j: the call has no effect and is refused as %j',
    async (failure, code, verdict, unknown) => {
      await using aws = await jobs()
      aws.faults.on('send', fail(failure))
      await expect(aws.send('a')).rejects.toMatchObject({ name: 'SqsError', code, verdict, unknown })
      expect(aws.visible()).toEqual([])
    },
  )

  test('handle-expired: a delete has no effect, and its message is lost', async () => {
    await using aws = await jobs()
    await aws.send('a')
    aws.faults.on('delete', fail('handle-expired'))
    const deletion = aws.delete(await aws.receive())
    await expect(deletion).rejects.toMatchObject({ code: 'handle-lost', verdict: 'lost', unknown: false })
    expect(aws.counts()).toMatchObject({ inFlight: 1 })
  })

  test('any error: the call fails with it', async () => {
    await using aws = await jobs()
    const error = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' })
    aws.faults.on('send', fail(error))
    await expect(aws.send('a')).rejects.toMatchObject({ code: 'network', cause: error })
    await expect(aws.aws.api.sqs.sendMessage({ QueueUrl: 'jobs', MessageBody: 'a' })).rejects.toBe(error)
  })
})

describe('failEntries', () => {
  test.each(REFUSALS)('%j: its entries are refused as %j', async (refusal, code, verdict, unknown) => {
    await using aws = await jobs()
    aws.faults.on('send', failEntries(refusal))
    const refused = { ok: false, verdict, unknown, error: { name: 'SqsError', code } }
    expect(await aws.send('a', 'b')).toMatchObject([refused, refused])
    expect(aws.visible()).toEqual([])
  })

  test('refuses the entries that it is about; the others have their effect', async () => {
    await using aws = await jobs()
    aws.faults.on(
      'send',
      failEntries('throttled', ({ MessageBody }) => MessageBody === 'b'),
    )
    expect(await aws.send('a', 'b', 'c')).toMatchObject([{ ok: true }, { ok: false, verdict: 'later' }, { ok: true }])
    expect(aws.visible()).toEqual(['a', 'c'])

    aws.faults.on('delete', failEntries('handle-expired', first))
    expect(await aws.delete(await aws.receive())).toMatchObject([{ ok: false, verdict: 'lost' }, { ok: true }])
    expect(aws.counts()).toMatchObject({ visible: 0, inFlight: 1 })
  })

  test('leaves what SQS itself refuses refused', async () => {
    await using aws = await jobs()
    aws.faults.on('send', failEntries('throttled', first))
    expect(await aws.send('a', '\uFFFF')).toMatchObject([
      { error: { code: 'throttled' } },
      { error: { code: 'invalid-content' } },
    ])
  })

  test('of a single call is the call', async () => {
    await using aws = await jobs()
    const send = (MessageBody: string) => aws.aws.api.sqs.sendMessage({ QueueUrl: 'jobs', MessageBody })
    aws.faults.on(
      'send',
      failEntries('throttled', ({ MessageBody }) => MessageBody === 'a'),
    )
    await expect(send('a')).rejects.toMatchObject({ name: 'RequestThrottled' })
    await send('b')
    expect(aws.visible()).toEqual(['b'])
  })
})

describe('omitEntries', () => {
  test('the answer is silent on entries which have had their effect', async () => {
    await using aws = await jobs()
    aws.faults.on('send', omitEntries(first))
    expect(await aws.send('a', 'b')).toMatchObject([noAnswer, { ok: true }])
    expect(aws.visible()).toEqual(['a', 'b'])
    aws.faults.on('delete', omitEntries())
    expect(await aws.delete(await aws.receive())).toMatchObject([noAnswer, noAnswer])
    expect(aws.counts()).toMatchObject({ visible: 0, inFlight: 0 })
  })

  test('and on those that were refused', async () => {
    await using aws = await jobs()
    aws.faults.on('send', omitEntries(first))
    expect(await aws.send('\uFFFF', '\uFFFF')).toMatchObject([noAnswer, { error: { code: 'invalid-content' } }])
  })

  test('what is no batch is answered in full', async () => {
    await using aws = await jobs()
    for (const kind of ['send', 'receive'] as const) aws.faults.on(kind, omitEntries())
    const { sqs } = aws.aws.api
    const sent = await sqs.sendMessage({ QueueUrl: 'jobs', MessageBody: 'a' })
    expect(Object.keys(sent)).toEqual(['MessageId', 'MD5OfMessageBody'])
    expect(await sqs.receiveMessage({ QueueUrl: 'jobs' })).toEqual({ Messages: [expect.anything()] })
  })
})

describe('a publish', () => {
  test('that fails reaches no queue', async () => {
    await using aws = await jobs()
    aws.faults.on('publish', fail('throttled'))
    await expect(aws.publish('a')).rejects.toMatchObject({ code: 'throttled', verdict: 'later', unknown: false })
    expect(aws.visible()).toEqual([])
  })

  test.each<[Refusal, string, string, boolean]>([
    ['throttled', 'ThrottledException', 'Throttled', false],
    ['access-denied', 'AuthorizationErrorException', 'AuthorizationError', true],
    ['kms-throttled', 'KMSThrottlingException', 'KMSThrottling', false],
    ['kms-denied', 'KMSAccessDeniedException', 'KMSAccessDenied', true],
  ])('is refused in the words of SNS: %j as %s', async (refusal, name, Code, SenderFault) => {
    await using aws = await jobs()
    const { sns } = aws.aws.api
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:orders'
    aws.faults.on('publish', fail(refusal), { times: 1 })
    await expect(sns.publish({ TopicArn, Message: 'a' })).rejects.toMatchObject({ name, Code })
    aws.faults.on('publish', failEntries(refusal))
    const PublishBatchRequestEntries = [{ Id: '0', Message: 'a' }]
    const answer = await sns.publishBatch({ TopicArn, PublishBatchRequestEntries })
    expect(answer.Failed).toMatchObject([{ Id: '0', Code, SenderFault }])
  })

  test('may fail for some of its entries', async () => {
    await using aws = await jobs()
    aws.faults.on('publish', failEntries('throttled', first))
    expect(await aws.publish('a', 'b')).toMatchObject([{ ok: false, verdict: 'later' }, { ok: true }])
    expect(aws.visible()).toEqual(['b'])
  })

  test('may be answered without a word on some of its entries', async () => {
    await using aws = await jobs()
    aws.faults.on('publish', omitEntries(first))
    expect(await aws.publish('a', 'b')).toMatchObject([noAnswer, { ok: true }])
    expect(aws.visible()).toEqual(['a', 'b'])
  })
})

test('an error of another realm, as test runners have several, is given as it is', async () => {
  await using aws = await jobs()
  const foreign: Error = runInNewContext("Object.assign(new Error('foreign'), { code: 'ECONNREFUSED' })")
  aws.faults.on('send', fail(foreign))
  await expect(aws.send('a')).rejects.toMatchObject({ code: 'network', cause: foreign })
})
