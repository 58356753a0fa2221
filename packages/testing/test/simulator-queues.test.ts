// What the conformance cases leave open, and AWS documents.
import { getEventListeners } from 'node:events'
import { simulate, VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { newMessage } from '../src/simulator/queue/message.ts'
import { MessageStore } from '../src/simulator/queue/message-store.ts'
import { RecentAnswers } from '../src/simulator/recent-answers.ts'
import { collectGarbage } from './support/collect-garbage.ts'

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

test.each([
  ['DelaySeconds', 0, 900],
  ['MaximumMessageSize', 1_024, 1_048_576],
  ['MessageRetentionPeriod', 60, 1_209_600],
  ['ReceiveMessageWaitTimeSeconds', 0, 20],
  ['VisibilityTimeout', 0, 43_200],
])('%s may be from %i to %i', async (name, least, most) => {
  const at = await queue()
  const set = (value: number) => at.api.sqs.setQueueAttributes({ ...at, Attributes: { [name]: `${value}` } })
  for (const value of [least, most]) await set(value)
  for (const value of [least - 1, most + 1]) await expect(set(value)).rejects.toThrow(`parameter ${name}`)
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

test('an answer that is still known stays so when older ones are let go', async () => {
  const clock = new VirtualClock()
  const answers = new RecentAnswers<string>(clock)
  answers.remember('old', 'a')
  await clock.advance('4m')
  answers.remember('young', 'b')
  await clock.advance('1m')
  answers.remember('new', 'c')
  expect(['old', 'young', 'new'].map((id) => answers.find(id))).toEqual([undefined, 'b', 'c'])
})

test('messages, and their groups, are let go when they are deleted, long before they would expire', async () => {
  const options = { fifo: true, expiresAt: () => 1e9, reorder: 0, random: () => 0 }
  const store = new MessageStore(options)
  let sent = 0
  const makes = { clock: new VirtualClock(), id: () => `${sent++}` }
  const content = { attributes: {}, body: 'a', deduplicationId: undefined, trace: undefined }
  const refs = Array.from({ length: 1_000 }, (_, n) => {
    const message = store.add(newMessage(makes, { ...content, group: `${n}` }))
    store.take(1, () => {
      store.remove(message)
      return true
    })
    return [new WeakRef(message), new WeakRef(message.line)] as const
  })
  await makes.clock.advance('0ms')
  collectGarbage()
  expect(store.nextChange).toBe(1e9)
  expect(refs.filter(([message, line]) => message.deref() || line.deref()).length).toBeLessThan(200)
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

test('what was answered is let go once it is not known any more', async () => {
  const clock = new VirtualClock()
  const answers = new RecentAnswers<object>(clock)
  const refs = Array.from({ length: 100 }, (_, id) => {
    const answer = {}
    answers.remember(`${id}`, answer)
    return new WeakRef(answer)
  })
  await clock.advance('5m')
  answers.remember('new', {})
  collectGarbage()
  expect(refs.filter((ref) => ref.deref())).toEqual([])
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

describe('a move task', () => {
  test('leaves what expires meanwhile', async () => {
    const at = await queue({}, 1)
    await at.admin.setQueueAttributes(at.dead, { MessageRetentionPeriod: '60' })
    for (const body of ['a', 'b', 'c']) await at.send(body, '', at.dead)
    await at.clock.advance('59s')
    const task = { SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(at.QueueUrl) }
    await at.api.sqs.startMessageMoveTask({ ...task, MaxNumberOfMessagesPerSecond: 1 })
    await at.clock.advance('10s')
    expect(await at.bodies()).toEqual(['a'])
  })

  test('brings messages to open polls, and has ended with the last', async () => {
    const at = await queue({}, 1)
    await at.send('a', '', at.dead)
    const { told } = at.poll()
    const SourceArn = at.deadLetterTargetArn
    const request = { SourceArn, DestinationArn: arnOf(at.QueueUrl), MaxNumberOfMessagesPerSecond: 1 }
    await at.api.sqs.startMessageMoveTask(request)
    await at.clock.advance('0ms')
    expect(told).toEqual([{ at: 0, bodies: ['a'] }])
    const { Results } = await at.api.sqs.listMessageMoveTasks({ SourceArn })
    expect(Results).toMatchObject([{ Status: 'COMPLETED' }])
  })

  test.each([0, 501])('of %i messages a second is refused', async (MaxNumberOfMessagesPerSecond) => {
    const at = await queue({}, 1)
    const task = { SourceArn: at.deadLetterTargetArn, MaxNumberOfMessagesPerSecond }
    await expect(at.api.sqs.startMessageMoveTask(task)).rejects.toThrow('Must be between 1 and 500.')
  })

  test('begins only when the one before has ended, not while that is cancelled', async () => {
    const at = await queue({}, 1)
    for (const body of ['a', 'b', 'c']) await at.send(body, '', at.dead)
    const request = { SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(at.QueueUrl) }
    const start = () => at.api.sqs.startMessageMoveTask({ ...request, MaxNumberOfMessagesPerSecond: 1 })
    const { TaskHandle } = await start()
    await at.clock.advance('0ms')
    await at.api.sqs.cancelMessageMoveTask({ TaskHandle })
    await expect(start()).rejects.toThrow('There is already a task running.')
    await at.clock.advance('1s')
    await start()
  })

  test('moves what a receive would bring, not what waits behind its group', async () => {
    const at = await queue(FIFO, 1)
    for (const body of ['a', 'b', 'c']) await at.send(body, 'g', at.dead)
    await at.receive({ from: at.dead, max: 1, visibility: 600 })
    await at.api.sqs.startMessageMoveTask({ SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(at.QueueUrl) })
    await at.clock.advance('10s')
    expect(await at.bodies()).toEqual([])
  })

  test('brings what was sent to the dead-letter queue with a deduplication id that its own queue knows', async () => {
    const at = await queue(FIFO, 1)
    const message = { MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'same' }
    for (const QueueUrl of [at.QueueUrl, at.dead]) await at.api.sqs.sendMessage({ ...message, QueueUrl })
    const request = { SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(at.QueueUrl) }
    await at.api.sqs.startMessageMoveTask(request)
    await at.clock.advance('1s')
    expect(await at.bodies()).toEqual(['a', 'a'])
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

  test('tells of what is to be moved, and of its handle while it can be cancelled', async () => {
    const at = await queue({}, 1)
    for (const body of ['a', 'b', 'c']) await at.send(body, '', at.dead)
    await at.receive({ from: at.dead, max: 1, visibility: 600 })
    const SourceArn = at.deadLetterTargetArn
    const request = { SourceArn, DestinationArn: arnOf(at.QueueUrl), MaxNumberOfMessagesPerSecond: 1 }
    const { TaskHandle } = await at.api.sqs.startMessageMoveTask(request)
    await at.clock.advance('0ms')
    const told = async () => (await at.api.sqs.listMessageMoveTasks({ SourceArn })).Results?.[0]
    expect(await told()).toMatchObject({ Status: 'RUNNING', TaskHandle, ApproximateNumberOfMessagesToMove: 2 })
    await at.api.sqs.cancelMessageMoveTask({ TaskHandle })
    expect(await told()).toMatchObject({ Status: 'CANCELLING' })
    expect(await told()).not.toHaveProperty('TaskHandle')
    await expect(at.api.sqs.cancelMessageMoveTask({ TaskHandle })).rejects.toThrow('Only active tasks')
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
