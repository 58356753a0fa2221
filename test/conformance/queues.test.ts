import { expect } from 'vitest'
import { chapter } from './support/chapter.ts'
import { received } from './support/received.ts'
import { refusal } from './support/refusal.ts'

chapter('Delete, purge, queues', (test) => {
  const fauxqsAccepts = { differs: { fauxqs: 'accepts it' } }
  const emulatorsAccept = { differs: { fauxqs: 'accepts it', localstack: 'accepts it' } }
  const aMinute = { impossible: { fauxqs: 'takes a minute', localstack: 'takes a minute' } }

  test(45, 'a message can be deleted twice', {}, async (aws) => {
    const { it } = await received(aws)
    await aws.sqs.deleteMessage(it)
    await aws.sqs.deleteMessage(it)
  })

  test(46, 'standard: a handle that has expired still deletes', {}, async (aws) => {
    const { url, it } = await received(aws, { VisibilityTimeout: '1' })
    await aws.pass('1500ms')
    await aws.sqs.deleteMessage(it)
    expect(await aws.bodies(url)).toEqual([])
  })

  test(47, 'FIFO: a handle that has expired does not delete', fauxqsAccepts, async (aws) => {
    const { it } = await received(aws, { FifoQueue: 'true', VisibilityTimeout: '1' })
    await aws.pass('1500ms')
    expect(await refusal(aws.sqs.deleteMessage(it))).toMatchObject({
      code: 'InvalidParameterValue',
      message: `Value ${it.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    })
  })

  test(48, 'FIFO: a handle that was extended deletes after its first time is up', {}, async (aws) => {
    const { url, it } = await received(aws, { FifoQueue: 'true', VisibilityTimeout: '2' })
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 10 })
    await aws.pass('2500ms')
    await aws.sqs.deleteMessage(it)
    // it would wait if the first were still there
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'next', MessageGroupId: 'g', MessageDeduplicationId: 'n' })
    expect(await aws.bodies(url)).toEqual(['next'])
  })

  test(49, 'a purge removes what is visible, in flight or delayed', {}, async (aws) => {
    const { url } = await received(aws, { VisibilityTimeout: '1' })
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'visible' })
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'delayed', DelaySeconds: 1 })
    await aws.sqs.purgeQueue({ QueueUrl: url })
    await aws.pass('2500ms')
    expect(await aws.bodies(url)).toEqual([])
  })

  test(49, 'a second purge within a minute is refused', emulatorsAccept, async (aws) => {
    const url = await aws.createQueue({}, 'purged')
    await aws.sqs.purgeQueue({ QueueUrl: url })
    expect(await refusal(aws.sqs.purgeQueue({ QueueUrl: url }))).toMatchObject({
      code: 'PurgeQueueInProgress',
      message: `Only one PurgeQueue operation on ${aws.prefix}purged is allowed every 60 seconds.`,
    })
  })

  test(49, 'a second purge after a minute is accepted', aMinute, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.purgeQueue({ QueueUrl: url })
    await aws.pass('61s')
    await aws.sqs.purgeQueue({ QueueUrl: url })
  })

  test(50, 'creating a queue again with its attributes, or fewer, gives the same queue', {}, async (aws) => {
    const url = await aws.createQueue({ DelaySeconds: '1', VisibilityTimeout: '2' }, 'twice')
    expect(await aws.createQueue({ DelaySeconds: '1', VisibilityTimeout: '2' }, 'twice')).toBe(url)
    expect(await aws.createQueue({ DelaySeconds: '1' }, 'twice')).toBe(url)
    expect(await aws.createQueue({}, 'twice')).toBe(url)
  })

  const nameExists = { differs: { fauxqs: 'says QueueNameExists' } }

  test(50, 'creating a queue again with another value of an attribute is refused', nameExists, async (aws) => {
    await aws.createQueue({ DelaySeconds: '1' }, 'twice')
    expect((await refusal(aws.createQueue({ DelaySeconds: '2' }, 'twice'))).code).toBe('QueueAlreadyExists')
  })

  test(50, 'the refusal names the attribute that differs', {}, async (aws) => {
    await aws.createQueue({ VisibilityTimeout: '1', DelaySeconds: '1' }, 'twice')
    const { message } = await refusal(aws.createQueue({ VisibilityTimeout: '1', DelaySeconds: '2' }, 'twice'))
    expect(message).toBe('A queue already exists with the same name and a different value for attribute DelaySeconds')
  })

  test(50, 'attributes are compared with what the queue has now', {}, async (aws) => {
    const url = await aws.createQueue({ DelaySeconds: '1' }, 'twice')
    await aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { DelaySeconds: '2' } })
    expect(await aws.createQueue({ DelaySeconds: '2' }, 'twice')).toBe(url)
    await refusal(aws.createQueue({ DelaySeconds: '1' }, 'twice'))
  })

  test(50, 'a queue cannot be created within a minute of its deletion', emulatorsAccept, async (aws) => {
    await aws.sqs.deleteQueue({ QueueUrl: await aws.createQueue({}, 'again') })
    expect(await refusal(aws.createQueue({}, 'again'))).toMatchObject({
      code: 'QueueDeletedRecently',
      message: 'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    })
  })

  test(50, 'a queue can be created again a minute after its deletion', aMinute, async (aws) => {
    await aws.sqs.deleteQueue({ QueueUrl: await aws.createQueue({}, 'again') })
    await aws.pass('61s')
    await aws.createQueue({}, 'again')
  })

  const unknown = { code: 'InvalidAttributeName', message: 'Unknown Attribute FifoQueue.' }
  const badValue = { differs: { fauxqs: 'says InvalidAttributeValue' } }

  test(51, 'a standard queue cannot be created with FifoQueue=false', fauxqsAccepts, async (aws) => {
    expect(await refusal(aws.createQueue({ FifoQueue: 'false' }))).toMatchObject(unknown)
  })

  test(51, 'a standard queue cannot be given FifoQueue', badValue, async (aws) => {
    const url = await aws.createQueue()
    for (const FifoQueue of ['false', 'true']) {
      const set = aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { FifoQueue } })
      expect(await refusal(set)).toMatchObject(unknown)
    }
  })

  test(51, 'a standard queue cannot be created with a deduplication scope', fauxqsAccepts, async (aws) => {
    expect(await refusal(aws.createQueue({ DeduplicationScope: 'queue' }))).toMatchObject({
      code: 'InvalidAttributeName',
      message: 'You can specify the DeduplicationScope only when FifoQueue is set to true.',
    })
  })

  test(51, 'a FIFO queue cannot become a standard queue', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    const set = aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { FifoQueue: 'false' } })
    expect((await refusal(set)).code).toBe('InvalidAttributeValue')
  })

  test(51, 'the refusal says so', { differs: { fauxqs: 'says so in other words' } }, async (aws) => {
    const url = await aws.createFifoQueue()
    const set = aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { FifoQueue: 'false' } })
    expect((await refusal(set)).message).toBe(
      'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    )
  })

  test(52, 'the name of a FIFO queue ends in .fifo', {}, async (aws) => {
    const call = aws.sqs.createQueue({ QueueName: `${aws.prefix}plain`, Attributes: { FifoQueue: 'true' } })
    expect((await refusal(call)).code).toBe('InvalidParameterValue')
  })

  test(52, 'the name of a standard queue does not end in .fifo', fauxqsAccepts, async (aws) => {
    expect((await refusal(aws.createQueue({}, 'plain.fifo'))).code).toBe('InvalidParameterValue')
  })

  test(52, 'a name has no slash', fauxqsAccepts, async (aws) => {
    expect((await refusal(aws.createQueue({}, 'a/b'))).code).toBe('InvalidParameterValue')
  })

  test(52, 'a queue that is created without attributes has defaults', {}, async (aws) => {
    expect(await aws.attributesOf(await aws.createQueue())).toMatchObject({
      DelaySeconds: '0',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    })
  })

  test(53, 'every call on a missing queue is refused', {}, async (aws) => {
    const it = { QueueUrl: `${await aws.createQueue()}-missing`, ReceiptHandle: 'garbage' }
    const calls = [
      aws.sqs.sendMessage({ ...it, MessageBody: 'm' }),
      aws.sqs.sendMessageBatch({ ...it, Entries: [{ Id: '0', MessageBody: 'm' }] }),
      aws.sqs.receiveMessage(it),
      aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 0 }),
      aws.sqs.deleteMessage(it),
      aws.sqs.deleteMessageBatch({ ...it, Entries: [{ Id: '0', ReceiptHandle: 'garbage' }] }),
      aws.sqs.getQueueAttributes(it),
      aws.sqs.setQueueAttributes({ ...it, Attributes: { DelaySeconds: '0' } }),
      aws.sqs.purgeQueue(it),
      aws.sqs.getQueueUrl({ QueueName: `${aws.prefix}missing` }),
    ]
    for (const refused of await Promise.all(calls.map(refusal))) {
      expect(refused).toMatchObject({ code: 'NonExistentQueue', message: 'The specified queue does not exist.' })
    }
  })
})
