import { expect } from 'vitest'
import { chapter } from './support/chapter.ts'
import { refusal } from './support/refusal.ts'

chapter('Errors on the wire', (test) => {
  test(127, "an error that the SDK knows has the name of its class, and the query protocol's code", {}, async (aws) => {
    const url = await aws.createQueue()
    expect(await refusal(aws.sqs.sendMessage({ QueueUrl: `${url}-not`, MessageBody: 'm' }))).toMatchObject({
      name: 'QueueDoesNotExist',
      wireCode: 'AWS.SimpleQueueService.NonExistentQueue',
      status: 400,
    })
  })

  test(127, 'an error of a batch has a prefix in its code, but not in its name', {}, async (aws) => {
    const url = await aws.createQueue()
    expect(await refusal(aws.sqs.sendMessageBatch({ QueueUrl: url, Entries: [] }))).toMatchObject({
      name: 'EmptyBatchRequest',
      wireCode: 'AWS.SimpleQueueService.EmptyBatchRequest',
      status: 400,
    })
  })

  const taken = { fauxqs: "says 'AWS.SimpleQueueService.QueueNameExists' for both" }
  test(
    127,
    'a name that is taken is QueueNameExists, with the code QueueAlreadyExists',
    { differs: taken },
    async (aws) => {
      await aws.createQueue({ VisibilityTimeout: '1' }, 'taken')
      expect(await refusal(aws.createQueue({ VisibilityTimeout: '2' }, 'taken'))).toMatchObject({
        name: 'QueueNameExists',
        wireCode: 'QueueAlreadyExists',
        status: 400,
      })
    },
  )

  const prefix = { fauxqs: "puts 'AWS.SimpleQueueService.' before code and name" }
  test(127, 'an error about the contents of a message has its code as name', { differs: prefix }, async (aws) => {
    const url = await aws.createQueue()
    expect(await refusal(aws.sqs.sendMessage({ QueueUrl: url, MessageBody: '\x01' }))).toMatchObject({
      name: 'InvalidMessageContents',
      wireCode: 'InvalidMessageContents',
      status: 400,
    })
  })

  test(
    127,
    'an invalid value, which the SDK has no class for, is named by its code',
    { differs: prefix },
    async (aws) => {
      const url = await aws.createQueue()
      expect(await refusal(aws.sqs.receiveMessage({ QueueUrl: url, WaitTimeSeconds: 21 }))).toMatchObject({
        name: 'InvalidParameterValue',
        wireCode: 'InvalidParameterValue',
        status: 400,
      })
    },
  )

  test(
    127,
    'a missing parameter, which the SDK has no class for, is named by its code',
    { differs: prefix },
    async (aws) => {
      const url = await aws.createQueue()
      expect(await refusal(aws.sqs.sendMessage({ QueueUrl: url, MessageBody: '' }))).toMatchObject({
        name: 'MissingParameter',
        wireCode: 'MissingParameter',
        status: 400,
      })
    },
  )

  test(127, 'an invalid receipt handle has its code as name', { differs: { fauxqs: 'accepts it' } }, async (aws) => {
    const url = await aws.createQueue()
    expect(await refusal(aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: 'garbage' }))).toMatchObject({
      name: 'ReceiptHandleIsInvalid',
      wireCode: 'ReceiptHandleIsInvalid',
    })
  })

  const handle = { fauxqs: 'accepts it', localstack: 'answers 400' }
  test(128, 'an invalid receipt handle answers 404', { differs: handle }, async (aws) => {
    const url = await aws.createQueue()
    const call = aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: 'garbage' })
    expect(await refusal(call)).toMatchObject({ code: 'ReceiptHandleIsInvalid', status: 404 })
  })

  const moves = { fauxqs: 'has no move tasks' }
  test(128, 'a move to a queue that does not exist answers 404', { differs: moves }, async (aws) => {
    const { deadLetterArn } = await aws.createQueueWithDeadLetters(1)
    const call = aws.sqs.startMessageMoveTask({ SourceArn: deadLetterArn, DestinationArn: `${deadLetterArn}-not` })
    expect(await refusal(call)).toMatchObject({
      name: 'ResourceNotFoundException',
      wireCode: 'ResourceNotFoundException',
      status: 404,
    })
  })

  const again = { fauxqs: 'accepts it', localstack: 'accepts it' }
  test(128, 'a second purge within a minute answers 403', { differs: again }, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.purgeQueue({ QueueUrl: url })
    expect(await refusal(aws.sqs.purgeQueue({ QueueUrl: url }))).toMatchObject({
      name: 'PurgeQueueInProgress',
      wireCode: 'AWS.SimpleQueueService.PurgeQueueInProgress',
      status: 403,
    })
  })

  const overload = 'takes 120,000 messages in flight, or more calls than AWS allows'
  const nowhere = { simulator: overload, fauxqs: overload, localstack: overload, aws: overload }
  test(128, 'OverLimit and RequestThrottled answer 403', { impossible: nowhere }, () => Promise.resolve())
})
