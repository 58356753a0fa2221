// What the conformance cases leave open, and AWS documents.
import { simulate, VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { arnOf, FIFO, queue } from './support/one-queue.ts'

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

  test('moves 500 messages in a second, however many there are', async () => {
    const at = await queue({}, 1)
    for (let n = 0; n < 3_000; n++) await at.send(`${n}`, '', at.dead)
    await at.api.sqs.startMessageMoveTask({ SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(at.QueueUrl) })
    await at.clock.advance('7s')
    expect(await at.admin.queueAttributes(at.QueueUrl)).toMatchObject({ ApproximateNumberOfMessages: '3000' })
  })

  test('moves no more than there was when it began', async () => {
    const at = await queue({}, 1)
    for (const body of ['a', 'b']) await at.send(body, '', at.dead)
    const rate = { MaxNumberOfMessagesPerSecond: 1 }
    const SourceArn = at.deadLetterTargetArn
    await at.api.sqs.startMessageMoveTask({ SourceArn, DestinationArn: arnOf(at.QueueUrl), ...rate })
    await at.clock.advance('500ms')
    await at.send('later', '', at.dead)
    await at.clock.advance('1m')
    expect(await at.bodies()).toEqual(['a', 'b'])
    expect(await at.bodies({ from: at.dead })).toEqual(['later'])
  })

  test('is listed before those that were started earlier', async () => {
    const at = await queue({}, 1)
    const SourceArn = at.deadLetterTargetArn
    for (const rate of [1, 2]) {
      await at.send(`${rate}`, '', at.dead)
      const request = { SourceArn, DestinationArn: arnOf(at.QueueUrl), MaxNumberOfMessagesPerSecond: rate }
      await at.api.sqs.startMessageMoveTask(request)
      await at.clock.advance('1s')
    }
    const { Results } = await at.api.sqs.listMessageMoveTasks({ SourceArn, MaxResults: 10 })
    expect(Results?.map(({ MaxNumberOfMessagesPerSecond }) => MaxNumberOfMessagesPerSecond)).toEqual([2, 1])
  })

  test('brings a message to a standard queue without a deduplication id', async () => {
    const at = await queue({}, 1)
    await at.send('a', '', at.dead)
    await at.api.sqs.startMessageMoveTask({ SourceArn: at.deadLetterTargetArn, DestinationArn: arnOf(at.QueueUrl) })
    await at.clock.advance('1s')
    const [moved] = await at.receive()
    expect(moved?.Attributes).not.toHaveProperty('MessageDeduplicationId')
  })
})
