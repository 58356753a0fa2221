// What the conformance cases leave open, and AWS documents.
import { simulate } from '@waybill/testing'
import { expect, test } from 'vitest'
import { FIFO, queue } from './support/one-queue.ts'

test.each([
  ['DelaySeconds', 0, 900],
  ['MaximumMessageSize', 1_024, 1_048_576],
  ['MessageRetentionPeriod', 60, 1_209_600],
  ['ReceiveMessageWaitTimeSeconds', 0, 20],
  ['VisibilityTimeout', 0, 43_200],
])('%s may be from %i to %i, in whole numbers', async (name, least, most) => {
  const at = await queue()
  const set = (value: number) => at.api.sqs.setQueueAttributes({ ...at, Attributes: { [name]: `${value}` } })
  for (const value of [least, most]) await set(value)
  for (const value of [least - 1, most + 1, least + 0.5]) await expect(set(value)).rejects.toThrow(`parameter ${name}`)
})

test('a FIFO queue has one scope and one limit, unless it is told otherwise', async () => {
  const at = await queue(FIFO)
  expect(await at.admin.queueAttributes(at.QueueUrl)).toMatchObject({
    ContentBasedDeduplication: 'false',
    DeduplicationScope: 'queue',
    FifoThroughputLimit: 'perQueue',
  })
})

test('a redrive policy allows 1 to 1,000 receives', async () => {
  const at = await queue()
  const set = (maxReceiveCount: number) => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: at.deadLetterTargetArn, maxReceiveCount })
    return at.api.sqs.setQueueAttributes({ QueueUrl: at.QueueUrl, Attributes: { RedrivePolicy } })
  }
  for (const count of [1, 1_000]) await set(count)
  for (const count of [0, 1_001]) await expect(set(count)).rejects.toThrow('RedrivePolicy is invalid')
})

test('a queue that exists is another one with an attribute that it has not', async () => {
  const at = await queue()
  const Policy = '{"Statement":[]}'
  const creating = at.api.sqs.createQueue({ QueueName: 'q', Attributes: { Policy } })
  await expect(creating).rejects.toThrow('a different value for attribute Policy')
})

test('a queue of another account is none of this one', async () => {
  const at = await queue()
  const QueueUrl = at.QueueUrl.replace('000000000000', '111111111111')
  const missing = { name: 'QueueDoesNotExist' }
  await expect(at.api.sqs.sendMessage({ QueueUrl, MessageBody: 'a' })).rejects.toMatchObject(missing)
  const owned = { QueueName: 'q', QueueOwnerAWSAccountId: '111111111111' }
  await expect(at.api.sqs.getQueueUrl(owned)).rejects.toMatchObject(missing)
})

test('a queue tells when its attributes were changed last', async () => {
  const at = await queue()
  const { CreatedTimestamp, LastModifiedTimestamp } = await at.admin.queueAttributes(at.QueueUrl)
  expect(LastModifiedTimestamp).toBe(CreatedTimestamp)
  await at.clock.advance('10s')
  await at.admin.setQueueAttributes(at.QueueUrl, { VisibilityTimeout: '5' })
  const changed = await at.admin.queueAttributes(at.QueueUrl)
  expect(Number(changed['LastModifiedTimestamp'])).toBe(Number(CreatedTimestamp) + 10)
})

test('a changed delay concerns what a FIFO queue has already, not what a standard queue has', async () => {
  const [standard, fifo] = [await queue(), await queue(FIFO)]
  for (const at of [standard, fifo]) {
    await at.send('a')
    await at.admin.setQueueAttributes(at.QueueUrl, { DelaySeconds: '60' })
  }
  expect([await standard.bodies(), await fifo.bodies()]).toEqual([['a'], []])
  await fifo.clock.advance('60s')
  expect(await fifo.bodies()).toEqual(['a'])
})

test('other attributes can be set after the dead-letter queue has gone', async () => {
  const at = await queue({}, 1)
  await at.admin.deleteQueue(at.dead)
  await at.admin.setQueueAttributes(at.QueueUrl, { VisibilityTimeout: '5' })
  expect(await at.admin.queueAttributes(at.QueueUrl)).toMatchObject({ VisibilityTimeout: '5' })
})

test('a queue has one kind of encryption', async () => {
  const at = await queue()
  await at.admin.createQueue('own-key', { KmsMasterKeyId: 'k' })
  expect(await at.admin.queueAttributes('own-key')).toMatchObject({ SqsManagedSseEnabled: 'false' })
  const both = { KmsMasterKeyId: 'k', SqsManagedSseEnabled: 'true' }
  await expect(at.admin.createQueue('both', both)).rejects.toThrow('one type of server-side encryption')
})

test('the throughput of a message group takes deduplication by message group', async () => {
  const at = await queue()
  const attributes = { ...FIFO, FifoThroughputLimit: 'perMessageGroupId' }
  await expect(at.admin.createQueue('fast.fifo', attributes)).rejects.toThrow('FifoThroughputLimit')
  await at.admin.createQueue('fast.fifo', { ...attributes, DeduplicationScope: 'messageGroup' })
})

test('a queue that exists is the same one however its policies are written', async () => {
  const at = await queue({}, 3)
  const RedrivePolicy = `{ "maxReceiveCount": 3, "deadLetterTargetArn": "${at.deadLetterTargetArn}" }`
  expect(await at.admin.createQueue('q', { RedrivePolicy })).toBe(at.QueueUrl)
})

test.each(['cn-north-1', 'us-gov-west-1'])('an account in %s has the ARNs of its partition', async (region) => {
  const { admin, topic } = simulate({ region })
  const url = await admin.createQueue('q', {})
  const { QueueArn = '' } = await admin.queueAttributes(url)
  expect(QueueArn).toMatch(region === 'cn-north-1' ? /^arn:aws-cn:sqs:/ : /^arn:aws-us-gov:sqs:/)
  expect(await admin.createTopic('t', {})).toBe((await topic({ name: 't', fifo: false })).arn)
})

test('a name may have 80 characters, and is free again a minute after its queue was deleted', async () => {
  const at = await queue()
  const name = 'q'.repeat(80)
  const url = await at.admin.createQueue(name, {})
  await expect(at.admin.createQueue(`${name}q`, {})).rejects.toThrow('1 to 80')
  await at.admin.deleteQueue(url)
  await at.clock.advance('60s')
  expect(await at.admin.createQueue(name, {})).toBe(url)
})

test.each(['Policy', 'RedriveAllowPolicy', 'KmsMasterKeyId'])('an empty %s takes it away', async (name) => {
  const at = await queue()
  const values: Readonly<Record<string, string>> = {
    Policy: '{}',
    RedriveAllowPolicy: '{"redrivePermission":"denyAll"}',
  }
  await at.admin.setQueueAttributes(at.QueueUrl, { [name]: values[name] ?? 'k' })
  expect(await at.admin.queueAttributes(at.QueueUrl)).toHaveProperty(name)
  await at.admin.setQueueAttributes(at.QueueUrl, { [name]: '' })
  expect(await at.admin.queueAttributes(at.QueueUrl)).not.toHaveProperty(name)
})

test('a changed delay hides nothing of a FIFO queue that was received before', async () => {
  const at = await queue(FIFO)
  await at.send('a')
  await at.receive({ visibility: 0 })
  await at.admin.setQueueAttributes(at.QueueUrl, { DelaySeconds: '60' })
  expect(await at.bodies()).toEqual(['a'])
})
