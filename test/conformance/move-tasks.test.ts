import { expect } from 'vitest'
import type { Account } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { collect, eventually } from './support/eventually.ts'
import { refusal } from './support/refusal.ts'

const absent = { differs: { fauxqs: 'has no move tasks' } }

/** Sends messages to a queue that allows one receive, and receives until they are in its dead-letter queue. */
async function bury(aws: Account, url: string, deadLetterUrl: string, bodies: readonly string[]) {
  const count = async () => Number((await aws.attributesOf(deadLetterUrl))['ApproximateNumberOfMessages'])
  const expected = (await count()) + bodies.length
  const Entries = bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody }))
  await aws.sqs.sendMessageBatch({ QueueUrl: url, Entries })
  await eventually(aws, async () => {
    await aws.receive(url, { VisibilityTimeout: 0 })
    return (await count()) === expected
  })
}

/** A queue, its dead-letter queue with messages of these bodies in it, and a queue to move them to. */
async function graveyard(aws: Account, bodies: readonly string[]) {
  const queue = await aws.createQueueWithDeadLetters(1)
  await bury(aws, queue.url, queue.deadLetterUrl, bodies)
  const destinationUrl = await aws.createQueue()
  return { ...queue, destinationUrl, destinationArn: await aws.arnOf(destinationUrl) }
}

/** The latest task of a queue. */
async function task(aws: Account, arn: string) {
  const { Results = [] } = await aws.sqs.listMessageMoveTasks({ SourceArn: arn })
  return Results[0]
}

const ended = (aws: Account, arn: string) =>
  eventually(
    aws,
    () => task(aws, arn),
    (latest) => !['RUNNING', 'CANCELLING'].includes(latest?.Status ?? ''),
  )

/** The bodies of so many messages, sorted: a task keeps no order. */
const collected = async (aws: Account, url: string, count: number) =>
  (await collect(aws, url, count)).map(({ Body = '' }) => Body).toSorted((a, b) => a.localeCompare(b))

const ten = Array.from({ length: 10 }, (_, index) => `${index}`)

const otherName = { differs: { ...absent.differs, localstack: "says 'QueueDoesNotExist'" } }

chapter('Message move tasks', (test) => {
  test(83, 'a task moves all messages to a queue', absent, async (aws) => {
    const { deadLetterUrl, deadLetterArn, destinationUrl, destinationArn } = await graveyard(aws, ['a', 'b'])
    await aws.sqs.startMessageMoveTask({ SourceArn: deadLetterArn, DestinationArn: destinationArn })
    expect(await collected(aws, destinationUrl, 2)).toEqual(['a', 'b'])
    expect(await aws.bodies(deadLetterUrl)).toEqual([])
  })

  test(83, 'a task that is done is listed without its handle', absent, async (aws) => {
    const { deadLetterArn, destinationArn } = await graveyard(aws, ['a', 'b'])
    await aws.sqs.startMessageMoveTask({ SourceArn: deadLetterArn, DestinationArn: destinationArn })
    expect(await ended(aws, deadLetterArn)).toEqual({
      SourceArn: deadLetterArn,
      DestinationArn: destinationArn,
      Status: 'COMPLETED',
      StartedTimestamp: expect.any(Number),
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 2,
    })
  })

  test(84, 'without a destination each message goes back to its own queue', absent, async (aws) => {
    const { url, deadLetterUrl, deadLetterArn } = await aws.createQueueWithDeadLetters(1)
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetterArn, maxReceiveCount: 1 })
    const other = await aws.createQueue({ RedrivePolicy })
    await bury(aws, url, deadLetterUrl, ['a1', 'a2'])
    await bury(aws, other, deadLetterUrl, ['b1', 'b2'])
    await aws.sqs.startMessageMoveTask({ SourceArn: deadLetterArn })
    expect(await collected(aws, url, 2)).toEqual(['a1', 'a2'])
    expect(await collected(aws, other, 2)).toEqual(['b1', 'b2'])
  })

  test(84, 'such a task is listed without a destination', absent, async (aws) => {
    const { deadLetterArn } = await graveyard(aws, ['a'])
    await aws.sqs.startMessageMoveTask({ SourceArn: deadLetterArn })
    const completed = await ended(aws, deadLetterArn)
    expect(completed).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 })
    expect(completed).not.toHaveProperty('DestinationArn')
  })

  test(85, 'only a dead-letter queue can be moved from', absent, async (aws) => {
    const SourceArn = await aws.arnOf(await aws.createQueue())
    const DestinationArn = await aws.arnOf(await aws.createQueue())
    expect(await refusal(aws.sqs.startMessageMoveTask({ SourceArn, DestinationArn }))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'Source queue must be configured as a Dead Letter Queue.',
    })
  })

  test(85, 'the destination must exist', absent, async (aws) => {
    const { arn, deadLetterArn } = await aws.createQueueWithDeadLetters(1)
    const request = { SourceArn: deadLetterArn, DestinationArn: `${arn}doesntexist` }
    expect(await refusal(aws.sqs.startMessageMoveTask(request))).toMatchObject({
      code: 'ResourceNotFound',
      message: "The resource that you specified for the DestinationArn parameter doesn't exist.",
    })
  })

  test(86, 'a task moves as many messages a second as it may', absent, async (aws) => {
    const { deadLetterArn, destinationUrl, destinationArn } = await graveyard(aws, ['a', 'b', 'c', 'd'])
    await aws.sqs.startMessageMoveTask({
      SourceArn: deadLetterArn,
      DestinationArn: destinationArn,
      MaxNumberOfMessagesPerSecond: 1,
    })
    await aws.pass('1500ms')
    expect(await task(aws, deadLetterArn)).toMatchObject({ Status: 'RUNNING', MaxNumberOfMessagesPerSecond: 1 })
    expect(await collect(aws, destinationUrl, 4)).toHaveLength(4)
  })

  test(87, 'a queue has one task at a time', absent, async (aws) => {
    const { deadLetterArn, destinationArn } = await graveyard(aws, ten)
    const request = { SourceArn: deadLetterArn, DestinationArn: destinationArn, MaxNumberOfMessagesPerSecond: 1 }
    await aws.sqs.startMessageMoveTask(request)
    expect(await refusal(aws.sqs.startMessageMoveTask(request))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    })
  })

  test(88, 'a cancelled task leaves moved what it moved, and the rest where it was', absent, async (aws) => {
    const { deadLetterUrl, deadLetterArn, destinationUrl, destinationArn } = await graveyard(aws, ten)
    const { TaskHandle } = await aws.sqs.startMessageMoveTask({
      SourceArn: deadLetterArn,
      DestinationArn: destinationArn,
      MaxNumberOfMessagesPerSecond: 1,
    })
    const running = await eventually(
      aws,
      () => task(aws, deadLetterArn),
      (latest) => Number(latest?.ApproximateNumberOfMessagesMoved) >= 2,
    )
    expect(running).toMatchObject({ TaskHandle, Status: 'RUNNING', ApproximateNumberOfMessagesToMove: 10 })
    const answer = await aws.sqs.cancelMessageMoveTask({ TaskHandle })
    expect(answer.ApproximateNumberOfMessagesMoved).toBeGreaterThanOrEqual(2)

    const cancelled = await ended(aws, deadLetterArn)
    expect(cancelled).toMatchObject({ Status: 'CANCELLED', ApproximateNumberOfMessagesToMove: 10 })
    // AWS moves some more before it stops: 8 of 10 when it was recorded
    const moved = Number(cancelled?.ApproximateNumberOfMessagesMoved)
    expect(moved).toBeLessThan(10)
    expect(await collect(aws, destinationUrl, moved)).toHaveLength(moved)
    expect(await collect(aws, deadLetterUrl, 10 - moved)).toHaveLength(10 - moved)
  })

  /** A task that runs when its destination is deleted. */
  async function stranded(aws: Account) {
    const { deadLetterUrl, deadLetterArn, destinationUrl, destinationArn } = await graveyard(aws, ten)
    await aws.sqs.startMessageMoveTask({
      SourceArn: deadLetterArn,
      DestinationArn: destinationArn,
      MaxNumberOfMessagesPerSecond: 1,
    })
    await aws.sqs.deleteQueue({ QueueUrl: destinationUrl })
    return { deadLetterUrl, failed: await ended(aws, deadLetterArn) }
  }

  test(89, 'a task fails when its destination is deleted, and leaves the rest where it was', absent, async (aws) => {
    const { deadLetterUrl, failed } = await stranded(aws)
    expect(failed).toMatchObject({ Status: 'FAILED', ApproximateNumberOfMessagesToMove: 10 })
    const rest = 10 - Number(failed?.ApproximateNumberOfMessagesMoved)
    expect(rest).toBeGreaterThan(0)
    expect(await collect(aws, deadLetterUrl, rest)).toHaveLength(rest)
  })

  test(89, 'a task that failed says why', otherName, async (aws) => {
    const { failed } = await stranded(aws)
    expect(failed).toMatchObject({ FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' })
  })

  test(90, 'a handle is the task and its queue in Base64', absent, async (aws) => {
    const { deadLetterArn } = await graveyard(aws, ['a'])
    const { TaskHandle = '' } = await aws.sqs.startMessageMoveTask({ SourceArn: deadLetterArn })
    expect(JSON.parse(Buffer.from(TaskHandle, 'base64').toString())).toEqual({
      taskId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sourceArn: deadLetterArn,
    })
  })

  test(90, 'a handle that is none is refused', absent, async (aws) => {
    expect(await refusal(aws.sqs.cancelMessageMoveTask({ TaskHandle: 'foobared' }))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'Value for parameter TaskHandle is invalid.',
    })
  })

  const handle = (sourceArn: string) =>
    Buffer.from(JSON.stringify({ taskId: '10f57157-fc38-4da9-a113-4de7e12d05dd', sourceArn })).toString('base64')

  test(90, 'a handle of an unknown queue is refused', absent, async (aws) => {
    const unknown = `${await aws.arnOf(await aws.createQueue())}doesntexist`
    expect(await refusal(aws.sqs.cancelMessageMoveTask({ TaskHandle: handle(unknown) }))).toMatchObject({
      code: 'ResourceNotFound',
      message: "The resource that you specified for the SourceArn parameter doesn't exist.",
    })
  })

  test(90, 'a handle of an unknown task is refused', absent, async (aws) => {
    const arn = await aws.arnOf(await aws.createQueue())
    expect(await refusal(aws.sqs.cancelMessageMoveTask({ TaskHandle: handle(arn) }))).toMatchObject({
      code: 'ResourceNotFound',
      message: 'Task does not exist.',
    })
  })
})
