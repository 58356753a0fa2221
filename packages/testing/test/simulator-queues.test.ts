// What the conformance cases leave open, and AWS documents.
import { simulate, VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'

const FIFO = { FifoQueue: 'true' }

/** A queue on a clock that stands still, its dead-letter queue if it has one, and the calls that a test makes. */
async function queue(attributes: Readonly<Record<string, string>> = {}, maxReceiveCount?: number) {
  const clock = new VirtualClock()
  const { api, admin } = simulate({ clock })
  const suffix = attributes['FifoQueue'] === 'true' ? '.fifo' : ''
  const kind = suffix === '' ? {} : FIFO
  const dead = `dead${suffix}`
  await admin.createQueue(dead, kind)
  const deadLetterTargetArn = `arn:aws:sqs:us-east-1:000000000000:${dead}`
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount })
  const QueueUrl = await admin.createQueue(`q${suffix}`, {
    ...attributes,
    ...(maxReceiveCount !== undefined && { RedrivePolicy }),
  })
  let sent = 0
  const send = (body: string, group = 'g', url = QueueUrl) => {
    const ids = suffix === '' ? {} : { MessageGroupId: group, MessageDeduplicationId: `d${sent++}` }
    return api.sqs.sendMessage({ QueueUrl: url, MessageBody: body, ...ids })
  }
  async function receive(request: { wait?: number; max?: number; visibility?: number; from?: string } = {}) {
    const { Messages = [] } = await api.sqs.receiveMessage({
      QueueUrl: request.from ?? QueueUrl,
      MaxNumberOfMessages: request.max ?? 10,
      WaitTimeSeconds: request.wait ?? 0,
      VisibilityTimeout: request.visibility,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    })
    return Messages
  }
  const bodies = async (...args: Parameters<typeof receive>) => (await receive(...args)).map(({ Body }) => Body)
  /** A poll of 20 s, and when it was answered with what. */
  function poll() {
    const told: { at: number; bodies: readonly (string | undefined)[] }[] = []
    const polling = bodies({ wait: 20 }).then((got) => told.push({ at: clock.now(), bodies: got }))
    return { told, polling }
  }
  return { api, admin, clock, QueueUrl, dead, deadLetterTargetArn, send, receive, bodies, poll }
}

describe.each([
  ['a standard queue', {}],
  ['a FIFO queue', FIFO],
])('an open poll of %s', (_kind, attributes) => {
  test('gets a message when its visibility timeout, shortened meanwhile, ends', async () => {
    const at = await queue(attributes)
    await at.send('a')
    const [held] = await at.receive({ visibility: 60 })
    const { told } = at.poll()
    await at.clock.advance('1s')
    const shorter = { QueueUrl: at.QueueUrl, ReceiptHandle: held?.ReceiptHandle, VisibilityTimeout: 5 }
    await at.api.sqs.changeMessageVisibility(shorter)
    await at.clock.advance('19s')
    expect(told).toEqual([{ at: 6_000, bodies: ['a'] }])
  })

  test('gets nothing early when a visibility timeout was prolonged', async () => {
    const at = await queue(attributes)
    await at.send('a')
    const [held] = await at.receive({ visibility: 5 })
    const { told } = at.poll()
    const longer = { QueueUrl: at.QueueUrl, ReceiptHandle: held?.ReceiptHandle, VisibilityTimeout: 12 }
    await at.api.sqs.changeMessageVisibility(longer)
    await at.clock.advance('20s')
    expect(told).toEqual([{ at: 12_000, bodies: ['a'] }])
  })

  test('gets all of a batch at once', async () => {
    const at = await queue(attributes)
    for (const body of ['a', 'b', 'c']) await at.send(body)
    const held = await at.receive({ visibility: 60 })
    const { polling, told } = at.poll()
    const Entries = held.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle, VisibilityTimeout: 0 }))
    await at.api.sqs.changeMessageVisibilityBatch({ QueueUrl: at.QueueUrl, Entries })
    await polling
    expect(told).toEqual([{ at: 0, bodies: ['a', 'b', 'c'] }])
  })
})

test('a poll that waits behind a message whose retention is cut short gets the next of its group', async () => {
  const at = await queue(FIFO)
  await at.send('a')
  await at.receive({ visibility: 3_600 })
  await at.clock.advance('90s')
  await at.send('b')
  const { told } = at.poll()
  await at.clock.advance('1s')
  await at.admin.setQueueAttributes(at.QueueUrl, { MessageRetentionPeriod: '60' })
  await at.clock.advance('1s')
  expect(told).toEqual([{ at: 91_000, bodies: ['b'] }])
})

test('a receive that was called off before takes nothing', async () => {
  const at = await queue()
  await at.send('a')
  const receiving = at.api.sqs.receiveMessage({ QueueUrl: at.QueueUrl }, { abortSignal: AbortSignal.abort() })
  await expect(receiving).rejects.toThrow('aborted')
  expect(await at.bodies()).toEqual(['a'])
})

test('a sender and a receiver have attributes of their own', async () => {
  const at = await queue()
  const sent = { DataType: 'Binary', BinaryValue: Uint8Array.of(1) }
  await at.api.sqs.sendMessage({ QueueUrl: at.QueueUrl, MessageBody: 'a', MessageAttributes: { x: sent } })
  sent.BinaryValue[0] = 2
  const [first] = await at.receive({ visibility: 0 })
  const got = first?.MessageAttributes?.['x']?.BinaryValue
  expect(got).toEqual(Uint8Array.of(1))
  got?.fill(3)
  const [second] = await at.receive()
  expect(second?.MessageAttributes?.['x']?.BinaryValue).toEqual(Uint8Array.of(1))
})

test('a copy in a FIFO dead-letter queue with the id of the original keeps SQS from moving that one there too', async () => {
  const at = await queue(FIFO, 1)
  const { MessageId } = await at.send('a')
  await at.receive({ visibility: 0 })
  const copy = { MessageBody: 'the copy', MessageGroupId: 'g', MessageDeduplicationId: MessageId }
  await at.api.sqs.sendMessage({ QueueUrl: at.dead, ...copy })
  expect(await at.bodies()).toEqual([])
  expect(await at.bodies({ from: at.dead })).toEqual(['the copy'])
})

test('a moved message keeps when it was first received', async () => {
  const at = await queue({}, 1)
  await at.send('a')
  const [first] = await at.receive({ visibility: 1 })
  await at.clock.advance('10s')
  await at.receive()
  const [moved] = await at.receive({ from: at.dead })
  expect(moved?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(first?.Attributes?.ApproximateFirstReceiveTimestamp)
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

test('what has expired is let go, received or not', async () => {
  const at = await queue({ MessageRetentionPeriod: '60' })
  for (let n = 0; n < 20; n++) await at.send(`${n}`)
  await at.clock.advance('61s')
  await at.send('new')
  expect(await at.admin.queueAttributes(at.QueueUrl)).toMatchObject({ ApproximateNumberOfMessages: '1' })
  expect(await at.bodies()).toEqual(['new'])
})

describe('a move task', () => {
  test('moves what a receive would bring, not what waits behind its group', async () => {
    const at = await queue(FIFO, 1)
    for (const body of ['a', 'b', 'c']) await at.send(body, 'g', at.dead)
    await at.receive({ from: at.dead, max: 1, visibility: 600 })
    await at.api.sqs.startMessageMoveTask({ SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(at.QueueUrl) })
    await at.clock.advance('10s')
    expect(await at.bodies()).toEqual([])
  })

  test('fails when its source is deleted', async () => {
    const at = await queue({}, 1)
    for (const body of ['a', 'b', 'c']) await at.send(body, '', at.dead)
    const SourceArn = at.deadLetterTargetArn
    const DestinationArn = arnOf(at.QueueUrl)
    await at.api.sqs.startMessageMoveTask({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: 1 })
    await at.clock.advance('1500ms')
    await at.admin.deleteQueue(at.dead)
    await at.clock.advance('1m')
    expect(await at.bodies()).toEqual(['a', 'b'])
  })

  test('keeps to queues of one type', async () => {
    const at = await queue({}, 1)
    const url = await at.admin.createQueue('other.fifo', FIFO)
    const task = { SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(url) }
    await expect(at.api.sqs.startMessageMoveTask(task)).rejects.toThrow('of the same type')
  })

  test('that still runs is no leak: it ends with the simulation', async () => {
    const clock = new VirtualClock()
    const aws = simulate({ clock })
    await aws.admin.createQueue('dead', {})
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 })
    await aws.admin.createQueue('q', { RedrivePolicy })
    for (const body of ['a', 'b']) await aws.api.sqs.sendMessage({ QueueUrl: 'dead', MessageBody: body })
    const rate = { MaxNumberOfMessagesPerSecond: 1 }
    await aws.api.sqs.startMessageMoveTask({ SourceArn: arnOf('dead'), DestinationArn: arnOf('q'), ...rate })
    await clock.advance('500ms')
    await aws.close()
    expect(clock.timers).toBe(0)
  })

  test('of thousands of messages is quick', async () => {
    const at = await queue({}, 1)
    for (let n = 0; n < 3_000; n++) await at.send(`${n}`, '', at.dead)
    await at.api.sqs.startMessageMoveTask({ SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(at.QueueUrl) })
    await at.clock.advance('7s')
    expect(await at.admin.queueAttributes(at.QueueUrl)).toMatchObject({ ApproximateNumberOfMessages: '3000' })
  })
})

const arnOf = (url: string) => `arn:aws:sqs:us-east-1:000000000000:${url.split('/').at(-1)}`
