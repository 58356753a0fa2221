import { expect } from 'vitest'
import type { Account } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { collect } from './support/eventually.ts'
import { refusal } from './support/refusal.ts'

const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
const days = 'takes days'

/** A message as its queue showed it once and as its dead-letter queue has it now. */
async function buried(aws: Account) {
  const { url, arn, deadLetterUrl } = await aws.createQueueWithDeadLetters(1)
  await aws.sqs.sendMessage({
    QueueUrl: url,
    MessageBody: 'poison',
    MessageAttributes: { MyAttribute: { DataType: 'String', StringValue: 'foobar' } },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
  })
  const [before] = await aws.receive(url, { VisibilityTimeout: 0 })
  await aws.receive(url, { VisibilityTimeout: 0 })
  const [dead] = await collect(aws, deadLetterUrl, 1)
  return { arn, before, dead }
}

const unknownAction = { differs: { fauxqs: 'does not know the action' } }
const countsMove = { differs: { fauxqs: 'counts the receive that moved it too' } }
const leavesOut = { differs: { fauxqs: 'leaves it out' } }
const incomplete = { differs: { fauxqs: 'accepts it without' } }
const anyText = { differs: { fauxqs: 'accepts any text', localstack: 'accepts any text' } }

chapter('Dead-letter queues', (test) => {
  test(77, 'a message that was received as often as allowed moves, and keeps its id', {}, async (aws) => {
    const { url, deadLetterUrl } = await aws.createQueueWithDeadLetters(1, { VisibilityTimeout: '0' })
    const { MessageId } = await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'poison' })
    expect(await aws.bodies(url)).toEqual(['poison'])
    expect(await aws.bodies(url)).toEqual([])
    expect(await collect(aws, deadLetterUrl, 1)).toMatchObject([{ MessageId, Body: 'poison' }])
  })

  test(77, 'it moves when it is received once more, not when its visibility timeout ends', {}, async (aws) => {
    const { url, deadLetterUrl } = await aws.createQueueWithDeadLetters(1)
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'poison' })
    expect(await aws.bodies(url, { VisibilityTimeout: 1 })).toEqual(['poison'])
    await aws.pass('3s')
    expect(await aws.bodies(deadLetterUrl)).toEqual([])
    expect(await aws.bodies(url)).toEqual([])
    expect(await collect(aws, deadLetterUrl, 1)).toMatchObject([{ Body: 'poison' }])
  })

  test(78, 'body and attributes move along', {}, async (aws) => {
    const { before, dead } = await buried(aws)
    expect(dead).toMatchObject({
      MessageId: before?.MessageId,
      Body: 'poison',
      MD5OfBody: before?.MD5OfBody,
      MessageAttributes: { MyAttribute: { DataType: 'String', StringValue: 'foobar' } },
      MD5OfMessageAttributes: 'adb59cd4678ea5a855436b949cd07ab6',
    })
  })

  test(78, 'so does the trace header', { differs: { fauxqs: 'never returns one' } }, async (aws) => {
    const { dead } = await buried(aws)
    expect(dead?.Attributes).toMatchObject({ AWSTraceHeader: trace })
  })

  test(78, 'the receive count goes on where it was', countsMove, async (aws) => {
    const { before, dead } = await buried(aws)
    expect(before?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' })
    expect(dead?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' })
  })

  test(78, 'a dead letter names the queue that it comes from', leavesOut, async (aws) => {
    const { arn, before, dead } = await buried(aws)
    expect(before?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn')
    expect(dead?.Attributes).toMatchObject({ DeadLetterQueueSourceArn: arn })
  })

  test(79, 'on FIFO it moves as well, and its group is usable at once', {}, async (aws) => {
    const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true', VisibilityTimeout: '60' }
    const { url, deadLetterUrl } = await aws.createQueueWithDeadLetters(2, fifo)
    const poison = { QueueUrl: url, MessageBody: 'poison', MessageGroupId: 'g' }
    const { MessageId } = await aws.sqs.sendMessage(poison)
    expect(await aws.bodies(url, { VisibilityTimeout: 0 })).toEqual(['poison'])
    expect(await aws.bodies(url, { VisibilityTimeout: 0 })).toEqual(['poison'])
    expect(await aws.bodies(url, { VisibilityTimeout: 0 })).toEqual([])
    expect(await collect(aws, deadLetterUrl, 1)).toMatchObject([{ MessageId, Body: 'poison' }])
    await aws.sqs.sendMessage({ ...poison, MessageBody: 'next' })
    expect(await aws.bodies(url)).toEqual(['next'])
  })

  test(80, 'an empty policy removes the policy', {}, async (aws) => {
    const { url, deadLetterArn } = await aws.createQueueWithDeadLetters(42)
    expect((await aws.attributesOf(url))['RedrivePolicy']).toContain(deadLetterArn)
    await aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { RedrivePolicy: '' } })
    expect(await aws.attributesOf(url)).not.toHaveProperty('RedrivePolicy')
  })

  test(80, 'an empty policy is fine where there is none', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { RedrivePolicy: '' } })
    expect(await aws.attributesOf(url)).not.toHaveProperty('RedrivePolicy')
  })

  test(80, 'a policy needs both its parts, and a number of receives', incomplete, async (aws) => {
    const url = await aws.createQueue()
    const deadLetterTargetArn = await aws.arnOf(await aws.createQueue())
    const set = (policy: object) =>
      refusal(aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { RedrivePolicy: JSON.stringify(policy) } }))
    const invalid = { code: 'InvalidParameterValue' }
    expect(await set({ deadLetterTargetArn })).toMatchObject(invalid)
    expect(await set({ maxReceiveCount: '42' })).toMatchObject(invalid)
    expect(await set({ deadLetterTargetArn, maxReceiveCount: 'invalid' })).toMatchObject(invalid)
  })

  test(80, 'the dead-letter queue is an ARN', anyText, async (aws) => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: 'dummy', maxReceiveCount: 42 })
    expect(await refusal(aws.createQueue({ RedrivePolicy }))).toMatchObject({ code: 'InvalidParameterValue' })
  })

  test(81, 'the queues that a dead-letter queue serves are listed as queueUrls', unknownAction, async (aws) => {
    const { url, deadLetterUrl, deadLetterArn } = await aws.createQueueWithDeadLetters(50)
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetterArn, maxReceiveCount: 50 })
    const other = await aws.createQueue({ RedrivePolicy })
    const listed = await aws.sqs.listDeadLetterSourceQueues({ QueueUrl: deadLetterUrl })
    expect(listed.queueUrls?.toSorted()).toEqual([url, other].toSorted())
  })

  const retention = { impossible: { fauxqs: days, localstack: days, aws: days } }

  test(82, 'a dead letter expires as long after it was sent as its new queue says', retention, async (aws) => {
    const { url, deadLetterUrl } = await aws.createQueueWithDeadLetters(1)
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'poison' })
    await aws.pass('3d')
    await aws.receive(url, { VisibilityTimeout: 0 })
    await aws.receive(url, { VisibilityTimeout: 0 })
    await aws.pass('23h')
    expect(await aws.bodies(deadLetterUrl, { VisibilityTimeout: 0 })).toEqual(['poison'])
    await aws.pass('2h')
    expect(await aws.bodies(deadLetterUrl)).toEqual([])
  })

  test(82, 'on FIFO its time starts again when it moves', retention, async (aws) => {
    const { url, deadLetterUrl } = await aws.createQueueWithDeadLetters(1, { FifoQueue: 'true' })
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' }
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'poison', ...ids })
    await aws.pass('3d')
    await aws.receive(url, { VisibilityTimeout: 0 })
    await aws.receive(url, { VisibilityTimeout: 0 })
    await aws.pass('95h')
    expect(await aws.bodies(deadLetterUrl, { VisibilityTimeout: 0 })).toEqual(['poison'])
    await aws.pass('2h')
    expect(await aws.bodies(deadLetterUrl)).toEqual([])
  })
})
