import { deliverTwice, expireHandles } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { bodies, CALL, jobs, JOBS } from './support/jobs.ts'

const lostHandle = { ok: false, verdict: 'lost', unknown: false, error: { code: 'handle-lost' } }

describe('expireHandles', () => {
  test('on FIFO, what is deleted too late is visible again, and the delete is refused', async () => {
    await using aws = await jobs()
    await aws.sendSteps('a', 'b')
    const received = await aws.receiveSteps()
    aws.faults.on('delete', expireHandles(), { times: 1 })
    expect(await aws.deleteSteps(received)).toMatchObject([lostHandle, lostHandle])
    expect(bodies(await aws.receiveSteps())).toEqual(['a', 'b'])
  })

  test('on standard queues, what is held too late is visible to the next receive', async () => {
    await using aws = await jobs()
    await aws.send('a')
    const [held] = await aws.receive()
    aws.faults.on('changeVisibility', expireHandles())
    const entries = [{ handle: held?.receiptHandle ?? '', visibilityTimeout: 60 }]
    await aws.aws.sqs.changeVisibility(await aws.aws.queue(JOBS), entries, CALL)
    expect(await aws.receive()).toMatchObject([{ body: 'a', receives: 2 }])
  })

  test('ends nothing by a handle that is older than the receive which holds the message', async () => {
    await using aws = await jobs()
    await aws.send('a')
    const older = await aws.receive()
    await aws.clock.advance('60s')
    await aws.receive()
    aws.faults.on('delete', expireHandles())
    await aws.delete(older)
    expect(aws.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 0 })
  })

  test('an open poll gets what is visible again, though the call fails', async () => {
    await using aws = await jobs()
    await aws.sendSteps('a')
    const [held] = await aws.receiveSteps()
    aws.faults.on('delete', expireHandles())
    const polling = aws.receiveSteps({ wait: 20 })
    const ReceiptHandle = held?.receiptHandle
    const deletion = aws.aws.api.sqs.deleteMessage({ QueueUrl: 'steps.fifo', ReceiptHandle })
    await expect(deletion).rejects.toThrow('The receipt handle has expired.')
    expect(await polling).toMatchObject([{ body: 'a', receives: 2 }])
  })

  test('leaves a handle that is none to the queue, which refuses it alone', async () => {
    await using aws = await jobs()
    await aws.send('a')
    const [held] = await aws.receive()
    aws.faults.on('delete', expireHandles())
    const Entries = [held?.receiptHandle, 'none'].map((ReceiptHandle, index) => ({ Id: `${index}`, ReceiptHandle }))
    expect(await aws.aws.api.sqs.deleteMessageBatch({ QueueUrl: 'jobs', Entries })).toMatchObject({
      Successful: [{ Id: '0' }],
      Failed: [{ Id: '1', Code: 'ReceiptHandleIsInvalid' }],
    })
  })

  test('is about single calls too, and nothing to calls without a handle', async () => {
    await using aws = await jobs()
    for (const kind of ['send', 'delete', 'changeVisibility'] as const) aws.faults.on(kind, expireHandles())
    await aws.send('a')
    const [held] = await aws.receive()
    const ReceiptHandle = held?.receiptHandle ?? ''
    await aws.aws.api.sqs.changeMessageVisibility({ QueueUrl: 'jobs', ReceiptHandle, VisibilityTimeout: 60 })
    expect(aws.visible()).toEqual(['a'])
  })
})

test('deliverTwice: two receives bring the same message, and either may delete it', async () => {
  await using aws = await jobs()
  await aws.send('a')
  aws.faults.on('receive', deliverTwice(), { times: 1 })
  const [one, other] = [await aws.receive(), await aws.receive()]
  expect([one, other]).toMatchObject([[{ body: 'a', receives: 1 }], [{ body: 'a', receives: 2 }]])
  expect(await aws.delete(other)).toMatchObject([{ ok: true }])
  expect(aws.counts()).toMatchObject({ visible: 0, inFlight: 0 })
})
