// What the conformance cases leave open, and AWS documents.
import { getEventListeners } from 'node:events'
import { simulate, VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { arnOf, FIFO, queue } from './support/one-queue.ts'

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

test('of several open polls the first gets what comes', async () => {
  const at = await queue()
  const [first, second] = [at.poll(), at.poll()]
  await at.send('a')
  await at.clock.advance('0ms')
  expect([first.told, second.told]).toEqual([[{ at: 0, bodies: ['a'] }], []])
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

test('a deduplication id is known for five minutes, to the millisecond', async () => {
  const at = await queue(FIFO)
  const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'same' }
  const send = () => at.api.sqs.sendMessage({ QueueUrl: at.QueueUrl, MessageBody: 'a', ...ids })
  const first = await send()
  await at.clock.advance('299999ms')
  expect(await send()).toEqual(first)
  await at.clock.advance('1ms')
  expect((await send()).MessageId).not.toBe(first.MessageId)
})

test('a queue can be purged once a minute, and has forgotten the attempts to receive from it', async () => {
  const at = await queue(FIFO)
  const attempt = { QueueUrl: at.QueueUrl, ReceiveRequestAttemptId: 'same' }
  const purge = () => at.api.sqs.purgeQueue({ QueueUrl: at.QueueUrl })
  await at.send('a')
  await at.api.sqs.receiveMessage(attempt)
  await purge()
  await at.send('b')
  expect(await at.api.sqs.receiveMessage(attempt)).toMatchObject({ Messages: [{ Body: 'b' }] })
  await at.clock.advance('59999ms')
  await expect(purge()).rejects.toThrow('every 60 seconds')
  await at.clock.advance('1ms')
  await purge()
})

test('a FIFO message that someone else has by now is not deleted by an older handle', async () => {
  const at = await queue(FIFO)
  await at.send('a')
  const [older] = await at.receive({ visibility: 1 })
  await at.clock.advance('1s')
  const [newer] = await at.receive({ visibility: 30 })
  const remove = (ReceiptHandle?: string) => at.api.sqs.deleteMessage({ QueueUrl: at.QueueUrl, ReceiptHandle })
  await expect(remove(older?.ReceiptHandle)).rejects.toThrow('The receipt handle has expired.')
  await remove(newer?.ReceiptHandle)
})

test('an attempt can be repeated more than once, and a batch of deletes makes way for a poll', async () => {
  const at = await queue(FIFO)
  for (const body of ['a', 'b']) await at.send(body)
  const attempt = { QueueUrl: at.QueueUrl, ReceiveRequestAttemptId: 'same' }
  for (let n = 0; n < 3; n++) {
    expect(await at.api.sqs.receiveMessage(attempt)).toMatchObject({ Messages: [{ Body: 'a' }] })
    await at.clock.advance('1s')
  }
  const { Messages = [] } = await at.api.sqs.receiveMessage(attempt)
  const { told } = at.poll()
  const Entries = [{ Id: '0', ReceiptHandle: Messages[0]?.ReceiptHandle }]
  await at.api.sqs.deleteMessageBatch({ QueueUrl: at.QueueUrl, Entries })
  await at.clock.advance('0ms')
  expect(told).toEqual([{ at: 3_000, bodies: ['b'] }])
})

test('a message that a repeated attempt hides for more than twelve hours can still be given back', async () => {
  const at = await queue(FIFO)
  await at.send('a')
  const attempt = { QueueUrl: at.QueueUrl, ReceiveRequestAttemptId: 'same', VisibilityTimeout: 43_200 }
  await at.api.sqs.receiveMessage(attempt)
  await at.clock.advance('1m')
  const { Messages = [] } = await at.api.sqs.receiveMessage(attempt)
  await at.clock.advance('43170s')
  const { ReceiptHandle } = Messages[0] ?? {}
  await at.api.sqs.changeMessageVisibility({ QueueUrl: at.QueueUrl, ReceiptHandle, VisibilityTimeout: 0 })
  expect(await at.bodies()).toEqual(['a'])
})

test('a batch may have 1 MiB, and the name of an attribute 256 characters', async () => {
  const at = await queue()
  const half = 'x'.repeat(524_288)
  const send = (...bodies: readonly string[]) => {
    const Entries = bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody }))
    return at.api.sqs.sendMessageBatch({ QueueUrl: at.QueueUrl, Entries })
  }
  await expect(send(half, `${half}x`)).rejects.toThrow('You have sent 1048577 bytes.')
  expect(await send(half, half)).toMatchObject({ Successful: [{ Id: '0' }, { Id: '1' }] })
  const named = (name: string) => ({ [name]: { DataType: 'String', StringValue: 'a' } })
  const message = { QueueUrl: at.QueueUrl, MessageBody: 'a' }
  const tooLong = { ...message, MessageAttributes: named('n'.repeat(257)) }
  await expect(at.api.sqs.sendMessage(tooLong)).rejects.toThrow('must be shorter than 256 Bytes')
  await at.api.sqs.sendMessage({ ...message, MessageAttributes: named('n'.repeat(256)) })
})

test('a poll holds nothing of its signal once it has ended', async () => {
  const at = await queue()
  const { signal } = new AbortController()
  const polling = at.api.sqs.receiveMessage({ QueueUrl: at.QueueUrl, WaitTimeSeconds: 20 }, { abortSignal: signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await at.send('a')
  await polling
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('a poll of a dead-letter queue gets what is moved there', async () => {
  const at = await queue({}, 1)
  await at.send('a')
  await at.receive({ visibility: 0 })
  const polling = at.bodies({ from: at.dead, wait: 20 })
  await at.receive()
  await at.clock.advance('20s')
  expect(await polling).toEqual(['a'])
})

test('a message is held for less than twelve hours in all', async () => {
  const at = await queue()
  await at.send('a')
  const [held] = await at.receive()
  const hold = (VisibilityTimeout: number) =>
    at.api.sqs.changeMessageVisibility({ ...at, ReceiptHandle: held?.ReceiptHandle, VisibilityTimeout })
  await expect(hold(43_200)).rejects.toThrow('beyond the limit')
  await hold(43_199)
})

test.each([
  ['1e126', true],
  ['1.1e126', false],
  ['1e-128', true],
  ['0.9e-128', false],
  ['1'.repeat(38), true],
  ['1'.repeat(39), false],
])('a number may be %s: %j', async (StringValue, taken) => {
  const at = await queue()
  const MessageAttributes = { n: { DataType: 'Number', StringValue } }
  const sending = at.api.sqs.sendMessage({ QueueUrl: at.QueueUrl, MessageBody: 'a', MessageAttributes })
  const [{ status }] = await Promise.allSettled([sending])
  expect(status).toBe(taken ? 'fulfilled' : 'rejected')
})

test('the id of a receive attempt means nothing to a standard queue', async () => {
  const at = await queue()
  for (const body of ['a', 'b']) await at.send(body)
  const receive = () => at.api.sqs.receiveMessage({ QueueUrl: at.QueueUrl, ReceiveRequestAttemptId: 'same' })
  expect([await receive(), await receive()]).toMatchObject([
    { Messages: [{ Body: 'a' }] },
    { Messages: [{ Body: 'b' }] },
  ])
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

test('a dead-letter queue that has one itself counts its own receives', async () => {
  const at = await queue({}, 1)
  await at.admin.createQueue('dead-dead', {})
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead-dead'), maxReceiveCount: 1 })
  await at.admin.setQueueAttributes(at.dead, { RedrivePolicy })
  await at.send('a')
  await at.receive({ visibility: 0 })
  await at.receive()
  expect(await at.bodies({ from: at.dead, visibility: 0 })).toEqual(['a'])
  expect(await at.bodies({ from: at.dead })).toEqual([])
  const [moved] = await at.receive({ from: 'dead-dead' })
  expect(moved?.Attributes?.ApproximateReceiveCount).toBe('3')
})

test('what has expired is let go, received or not', async () => {
  const at = await queue({ MessageRetentionPeriod: '60' })
  for (let n = 0; n < 20; n++) await at.send(`${n}`)
  await at.clock.advance('61s')
  await at.send('new')
  expect(await at.admin.queueAttributes(at.QueueUrl)).toMatchObject({ ApproximateNumberOfMessages: '1' })
  expect(await at.bodies()).toEqual(['new'])
})

test('what has expired is let go after many changes, too', async () => {
  const at = await queue({ MessageRetentionPeriod: '60' })
  await at.send('held')
  const [held] = await at.receive({ visibility: 600 })
  await at.send('left')
  for (let n = 0; n < 200; n++) {
    const longer = { ReceiptHandle: held?.ReceiptHandle, VisibilityTimeout: 1 + (n % 50) }
    await at.api.sqs.changeMessageVisibility({ QueueUrl: at.QueueUrl, ...longer })
  }
  await at.clock.advance('61s')
  expect(await at.bodies()).toEqual([])
})

test('a receive can not be repeated once its messages are visible again', async () => {
  const at = await queue(FIFO)
  await at.send('a')
  const attempt = { QueueUrl: at.QueueUrl, ReceiveRequestAttemptId: 'x', VisibilityTimeout: 10 }
  await at.api.sqs.receiveMessage(attempt)
  await at.clock.advance('10s')
  await expect(at.api.sqs.receiveMessage(attempt)).rejects.toThrow('not valid anymore')
})

test('a full queue refuses a short poll with HTTP status 403, and says nothing to a long one', async () => {
  const clock = new VirtualClock()
  const { api, admin } = simulate({ clock, inFlightLimit: 1 })
  const QueueUrl = await admin.createQueue('q', {})
  for (const MessageBody of ['a', 'b']) await api.sqs.sendMessage({ QueueUrl, MessageBody })
  await api.sqs.receiveMessage({ QueueUrl })
  const refused = { name: 'OverLimit', $metadata: { httpStatusCode: 403 } }
  await expect(api.sqs.receiveMessage({ QueueUrl })).rejects.toMatchObject(refused)
  expect(await clock.until(api.sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 }))).toEqual({})
})
