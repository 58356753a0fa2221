import { expect } from 'vitest'
import { type Account } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { collect } from './support/eventually.ts'
import { refusal } from './support/refusal.ts'

/** Sends messages that are named for their group: `g1-m1`. */
async function send(aws: Account, QueueUrl: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const MessageGroupId = name.slice(0, 2)
    await aws.sqs.sendMessage({ QueueUrl, MessageBody: name, MessageGroupId, MessageDeduplicationId: name })
  }
}

chapter('FIFO', (test) => {
  const singly = { differs: { fauxqs: 'gives one message per group and receive' } }
  const emulatorsAccept = { differs: { fauxqs: 'accepts it', localstack: 'accepts it' } }
  const single = { MessageBody: 'm', MessageGroupId: 'g', MessageDeduplicationId: 'm' }

  test(54, 'a message needs a group', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageDeduplicationId: 'm' })
    expect(await refusal(call)).toMatchObject({
      code: 'MissingParameter',
      message: 'The request must contain the parameter MessageGroupId.',
    })
  })

  test(54, 'a message needs a deduplication ID', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageGroupId: 'g' })
    expect((await refusal(call)).code).toBe('InvalidParameterValue')
  })

  test(54, 'the refusal tells two ways out', { differs: { fauxqs: 'adds a full stop' } }, async (aws) => {
    const url = await aws.createFifoQueue()
    const call = aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm', MessageGroupId: 'g' })
    expect((await refusal(call)).message).toBe(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    )
  })

  test(55, 'a receive takes all of a group before the next group', singly, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1', 'g2-m1', 'g1-m2', 'g1-m3')
    expect(await aws.bodies(url)).toEqual(['g1-m1', 'g1-m2', 'g1-m3', 'g2-m1'])
  })

  test(56, 'the next message of a group waits for the one in flight, however many poll', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1')
    await aws.receive(url)
    const polls = Array.from({ length: 3 }, () => aws.bodies(url, { WaitTimeSeconds: 2 }))
    await send(aws, url, 'g1-m2')
    expect(await Promise.all(polls)).toEqual([[], [], []])
  })

  const early = { differs: { fauxqs: 'polls end empty when a message comes that they cannot have' } }

  test(56, 'a poll gets the next message of a group as soon as the one in flight is deleted', early, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1')
    const [first] = await aws.receive(url)
    const stop = new AbortController()
    const arrived: unknown[] = []
    const polls = Array.from({ length: 3 }, async () => {
      const call = aws.sqs.receiveMessage({ QueueUrl: url, WaitTimeSeconds: 10 }, { abortSignal: stop.signal })
      arrived.push(...((await call).Messages ?? []).map(({ Body }) => Body))
    })
    const ended = Promise.allSettled(polls)
    await aws.pass('500ms')
    await send(aws, url, 'g1-m2')
    await aws.pass('500ms')
    await aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle })
    await Promise.race([...polls, aws.pass('2s')])
    stop.abort()
    await ended
    expect(arrived).toEqual(['g1-m2'])
  })

  const six = ['g1-m1', 'g1-m2', 'g1-m3', 'g1-m4', 'g2-m1', 'g3-m1']

  test(57, 'the rest of a group waits for what is in flight', singly, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, ...six)
    expect(await aws.bodies(url, { MaxNumberOfMessages: 2 })).toEqual(['g1-m1', 'g1-m2'])
    expect(await aws.bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['g2-m1'])
  })

  test(57, 'after their time is up, all messages come, each group in order', {}, async (aws) => {
    const url = await aws.createFifoQueue({ VisibilityTimeout: '1' })
    await send(aws, url, ...six)
    await aws.receive(url, { MaxNumberOfMessages: 2 })
    await aws.receive(url, { MaxNumberOfMessages: 1 })
    await aws.pass('1500ms')
    const bodies = (await collect(aws, url, six.length)).map(({ Body }) => Body)
    expect(new Set(bodies)).toEqual(new Set(six))
    expect(bodies.filter((body) => body?.startsWith('g1'))).toEqual(six.slice(0, 4))
  })

  const three = ['g1-m1', 'g1-m2', 'g1-m3']

  test(58, 'messages come again in the same order when their time is up', singly, async (aws) => {
    const url = await aws.createFifoQueue({ VisibilityTimeout: '1' })
    await send(aws, url, ...three)
    expect(await aws.bodies(url)).toEqual(three)
    await aws.pass('3500ms')
    expect(await aws.bodies(url)).toEqual(three)
  })

  test(59, 'a released message comes again while later ones of its group are in flight', singly, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1', 'g1-m2', 'g2-m1')
    const [first] = await aws.receive(url, { MaxNumberOfMessages: 2 })
    await aws.sqs.changeMessageVisibility({
      QueueUrl: url,
      ReceiptHandle: first?.ReceiptHandle,
      VisibilityTimeout: 0,
    })
    expect(await aws.bodies(url)).toEqual(['g2-m1', 'g1-m1'])
  })

  test(59, 'so does one whose time was shortened', singly, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1', 'g1-m2', 'g2-m1')
    const [first] = await aws.receive(url, { MaxNumberOfMessages: 2 })
    await aws.sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 1 })
    await aws.pass('3500ms')
    expect(await aws.bodies(url)).toEqual(['g2-m1', 'g1-m1'])
  })

  for (const [at, extended] of three.entries()) {
    test(60, `when ${extended} of three is extended, only those before it come again`, singly, async (aws) => {
      const url = await aws.createFifoQueue({ VisibilityTimeout: '3' })
      await send(aws, url, ...three)
      const received = await aws.receive(url)
      expect(received.map(({ Body }) => Body)).toEqual(three)
      const ReceiptHandle = received[at]?.ReceiptHandle
      await aws.sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 30 })
      await aws.pass('5500ms')
      expect(await aws.bodies(url)).toEqual(three.slice(0, at))
    })
  }

  const interleaved = ['g1-m1', 'g2-m1', 'g1-m2', 'g2-m2', 'g1-m3', 'g1-m4', 'g3-m1']

  test(61, 'a group goes on when everything of it in flight is deleted', singly, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, ...interleaved)
    const received = await aws.receive(url, { MaxNumberOfMessages: 2 })
    expect(received.map(({ Body }) => Body)).toEqual(['g1-m1', 'g1-m2'])
    for (const { ReceiptHandle } of received) await aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle })
    const rest = await aws.bodies(url)
    expect(new Set(rest)).toEqual(new Set(['g2-m1', 'g2-m2', 'g1-m3', 'g1-m4', 'g3-m1']))
  })

  test(61, 'a group waits while only a part of it in flight is deleted', singly, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, ...interleaved)
    const received = await aws.receive(url, { MaxNumberOfMessages: 2 })
    expect(received.map(({ Body }) => Body)).toEqual(['g1-m1', 'g1-m2'])
    await aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: received[0]?.ReceiptHandle })
    expect(await aws.bodies(url)).toEqual(['g2-m1', 'g2-m2', 'g3-m1'])
  })

  test(62, 'groups received with a timeout of 0 come again at once, after the others', singly, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1', 'g2-m1', 'g2-m2', 'g3-m1', 'g1-m2')
    const first = await aws.bodies(url, { MaxNumberOfMessages: 3, VisibilityTimeout: 0 })
    expect(first).toEqual(['g1-m1', 'g1-m2', 'g2-m1'])
    expect(await aws.bodies(url, { VisibilityTimeout: 0 })).toEqual(['g3-m1', 'g1-m1', 'g1-m2', 'g2-m1', 'g2-m2'])
  })

  test(63, 'a message cannot have a delay of its own', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    expect(await refusal(aws.sqs.sendMessage({ QueueUrl: url, ...single, DelaySeconds: 2 }))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'Value 2 for parameter DelaySeconds is invalid. ' +
        'Reason: The request include parameter that is not valid for this queue type.',
    })
  })

  test(63, 'a message whose delay is 0 waits for as long as the queue says', {}, async (aws) => {
    const url = await aws.createFifoQueue({ DelaySeconds: '2' })
    await aws.sqs.sendMessage({ QueueUrl: url, ...single, DelaySeconds: 0 })
    expect(await aws.bodies(url, { WaitTimeSeconds: 0 })).toEqual([])
    expect(await aws.bodies(url, { WaitTimeSeconds: 5 })).toEqual(['m'])
  })

  test(64, 'a standard queue gives no sequence number', {}, async (aws) => {
    const sent = await aws.sqs.sendMessage({ QueueUrl: await aws.createQueue(), MessageBody: 'm' })
    expect(sent).not.toHaveProperty('SequenceNumber')
  })

  test(64, 'sequence numbers increase', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    let last = 0n
    for (const MessageDeduplicationId of ['1', '2', '3']) {
      const { SequenceNumber = '' } = await aws.sqs.sendMessage({ ...single, QueueUrl: url, MessageDeduplicationId })
      expect(BigInt(SequenceNumber)).toBeGreaterThan(last)
      last = BigInt(SequenceNumber)
    }
  })

  test(65, 'a group that was drained takes messages again', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1')
    const [first] = await aws.receive(url)
    await aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle })
    expect(await aws.bodies(url)).toEqual([])
    await send(aws, url, 'g1-m2')
    expect(await aws.bodies(url)).toEqual(['g1-m2'])
  })

  const ignored = { differs: { fauxqs: 'ignores the attempt ID', localstack: 'ignores the attempt ID' } }
  const attempt = { ReceiveRequestAttemptId: 'a' }

  test(66, 'a receive that is repeated gives the same messages and handles', ignored, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1', 'g1-m2', 'g2-m1')
    const first = await aws.receive(url, { ...attempt, MaxNumberOfMessages: 2 })
    const second = await aws.receive(url, { ...attempt, MaxNumberOfMessages: 2 })
    expect(second.map(({ Body }) => Body)).toEqual(['g1-m1', 'g1-m2'])
    expect(second.map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(first.map(({ ReceiptHandle }) => ReceiptHandle))
  })

  test(66, 'a receive that is repeated hides its messages anew', ignored, async (aws) => {
    const url = await aws.createFifoQueue({ VisibilityTimeout: '4' })
    await send(aws, url, 'g1-m1')
    await aws.receive(url, attempt)
    await aws.pass('2s')
    expect(await aws.bodies(url, attempt)).toEqual(['g1-m1'])
    await aws.pass('2500ms')
    expect(await aws.bodies(url, { WaitTimeSeconds: 0 })).toEqual([])
  })

  const notRetryable = {
    code: 'InvalidParameterValue',
    message:
      'Value a for parameter ReceiveRequestAttemptId is invalid. ' +
      'Reason: The receiveRequestAttemptId is not valid anymore since the receive call is not retryable.',
  }

  test(66, 'a receive cannot be repeated after one of its messages was deleted', ignored, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1', 'g1-m2')
    const [first] = await aws.receive(url, attempt)
    await aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle })
    expect(await refusal(aws.receive(url, attempt))).toMatchObject(notRetryable)
  })

  test(66, 'a receive cannot be repeated after one of its messages was extended', ignored, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'g1-m1', 'g1-m2')
    const [first] = await aws.receive(url, attempt)
    await aws.sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 60 })
    expect(await refusal(aws.receive(url, attempt))).toMatchObject(notRetryable)
  })

  for (const [kind, source, target] of [
    ['FIFO', { FifoQueue: 'true' }, {}],
    ['standard', {}, { FifoQueue: 'true' }],
  ] as const) {
    test(67, `a ${kind} queue cannot have a dead-letter queue of the other kind`, emulatorsAccept, async (aws) => {
      const deadLetterTargetArn = await aws.arnOf(await aws.createQueue(target))
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 })
      expect(await refusal(aws.createQueue({ ...source, RedrivePolicy }))).toMatchObject({
        code: 'InvalidParameterValue',
        message: expect.stringContaining('Reason: Dead-letter queue must be same type of queue as the source.'),
      })
    })
  }
})
