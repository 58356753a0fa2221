import { fail, hang, simulate } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { jobs } from './support/jobs.ts'

const throttled = { code: 'throttled' }
const lost = { code: 'network' }

describe('a fault befalls', () => {
  test('every call of its kind and no other, until it is disposed of', async () => {
    await using aws = await jobs()
    const fault = aws.faults.on('receive', fail('throttled'))
    for (let call = 0; call < 3; call++) await expect(aws.receive()).rejects.toMatchObject(throttled)
    expect(await aws.send('a')).toMatchObject([{ ok: true }])
    fault[Symbol.dispose]()
    expect(await aws.receive()).toHaveLength(1)
  })

  test('single calls as well as batches', async () => {
    await using aws = await jobs()
    const { sns, sqs } = aws.aws.api
    const QueueUrl = 'jobs'
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:orders'
    for (const kind of ['send', 'receive', 'delete', 'changeVisibility', 'publish', 'admin'] as const)
      aws.faults.on(kind, fail(new Error(kind)))
    const calls = {
      send: sqs.sendMessage({ QueueUrl, MessageBody: 'a' }),
      receive: sqs.receiveMessage({ QueueUrl }),
      delete: sqs.deleteMessage({ QueueUrl, ReceiptHandle: '' }),
      changeVisibility: sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle: '', VisibilityTimeout: 0 }),
      publish: sns.publish({ TopicArn, Message: 'a' }),
      admin: sqs.getQueueUrl({ QueueName: 'jobs' }),
    }
    for (const [kind, call] of Object.entries(calls)) await expect(call).rejects.toThrow(kind)
  })

  test('as many calls as it is to, then it is over', async () => {
    await using aws = await jobs()
    aws.faults.on('receive', fail('throttled'), { times: 2 })
    await expect(aws.receive()).rejects.toMatchObject(throttled)
    await expect(aws.receive()).rejects.toMatchObject(throttled)
    expect(await aws.receive()).toEqual([])
  })

  test('none when it is to befall none', async () => {
    await using aws = await jobs()
    aws.faults.on('receive', fail('throttled'), { times: 0 })
    aws.faults.on('receive', fail('throttled'), { probability: 0 })
    expect(await aws.receive()).toEqual([])
  })

  test('the calls that it is meant for, which alone count as its times', async () => {
    await using aws = await jobs()
    aws.faults.on('receive', fail('throttled'), { times: 1, when: ({ target }) => target === 'steps.fifo' })
    expect(await aws.receive()).toEqual([])
    await expect(aws.receiveSteps()).rejects.toMatchObject(throttled)
    expect(await aws.receiveSteps()).toEqual([])
  })

  test('calls by chance as likely as it is said, and the same ones for the same seed', async () => {
    const outcomes = async (seed: number) => {
      await using aws = await jobs({ seed })
      aws.faults.on('receive', fail('throttled'), { probability: 0.2 })
      const calls = Array.from({ length: 500 }, () => aws.receive())
      return (await Promise.allSettled(calls)).map(({ status }) => status)
    }
    const first = await outcomes(1)
    expect(await outcomes(1)).toEqual(first)
    expect(await outcomes(2)).not.toEqual(first)
    const failed = first.filter((status) => status === 'rejected').length
    // a fifth of 500, by more than four standard deviations
    expect(failed).toBeGreaterThan(60)
    expect(failed).toBeLessThan(140)
  })
})

describe('of several faults', () => {
  test('the one that was set first befalls a call, and the next when that is over', async () => {
    await using aws = await jobs()
    aws.faults.on('receive', fail('network'), { times: 1 })
    aws.faults.on('receive', fail('throttled'), { times: 1 })
    await expect(aws.receive()).rejects.toMatchObject(lost)
    await expect(aws.receive()).rejects.toMatchObject(throttled)
    expect(await aws.receive()).toEqual([])
  })

  test('the next one that is meant for a call befalls it', async () => {
    await using aws = await jobs()
    aws.faults.on('receive', fail('network'), { when: ({ target }) => target === 'steps.fifo' })
    aws.faults.on('receive', fail('throttled'))
    await expect(aws.receive()).rejects.toMatchObject(throttled)
    await expect(aws.receiveSteps()).rejects.toMatchObject(lost)
  })

  test('disposing of one leaves the others, clearing leaves none', async () => {
    await using aws = await jobs()
    const first = aws.faults.on('receive', fail('network'))
    aws.faults.on('receive', fail('throttled'))
    first[Symbol.dispose]()
    await expect(aws.receive()).rejects.toMatchObject(throttled)
    aws.faults.clear()
    expect(await aws.receive()).toEqual([])
  })
})

test('a fault goes on with the calls that it has befallen when it is cleared', async () => {
  await using aws = await jobs()
  aws.faults.on('receive', hang())
  const receive = aws.receive()
  aws.faults.clear()
  await expect(receive).rejects.toMatchObject({ code: 'timeout' })
})

test('a fault of your own stands in for the call, makes it when it likes, and sees what it is', async () => {
  await using aws = await jobs()
  aws.faults.on('send', async (call, make, { clock, random }) => {
    expect(call).toMatchObject({ kind: 'send', action: 'SendMessageBatch', target: 'jobs', entries: [{ Id: '0' }] })
    expect(clock).toBe(aws.clock)
    expect(random()).toBeLessThan(1)
    await make()
    return make({ ...call.input, Entries: [{ Id: '0', MessageBody: 'b' }] })
  })
  await aws.send('a')
  expect(aws.visible()).toEqual(['a', 'b'])
})

test('what a fault or its `when` throws is what the call fails with, and is told of the request', async () => {
  await using aws = await jobs()
  const broken = new Error('broken')
  const breaks = () => {
    throw broken
  }
  aws.faults.on('receive', breaks, { times: 1 })
  await expect(aws.receive()).rejects.toMatchObject({ code: 'unexpected', cause: broken })
  aws.faults.on('receive', hang(), { when: breaks })
  await expect(aws.aws.api.sqs.receiveMessage({ QueueUrl: 'jobs' })).rejects.toBe(broken)
  expect(aws.aws.requests.slice(-2)).toMatchObject([
    { outcome: 'failed', error: broken },
    { outcome: 'failed', error: broken },
  ])
})

test('a closed simulation takes no calls: none is made, whatever its faults', async () => {
  const aws = await jobs()
  await aws.aws.close()
  const made = aws.aws.requests.length
  aws.faults.on('send', hang())
  await expect(aws.send('a')).rejects.toMatchObject({
    code: 'closed',
    verdict: 'never',
    unknown: false,
    message: expect.stringContaining('SendMessageBatch was not made: the connection is closed.'),
  })
  await expect(aws.publish('a')).rejects.toMatchObject({ code: 'closed' })
  expect(aws.aws.requests).toHaveLength(made)
})

test('simulations have faults of their own', async () => {
  await using one = simulate()
  await using other = simulate()
  one.faults.on('admin', fail('access-denied'))
  await expect(one.admin.createQueue('jobs', {})).rejects.toMatchObject({ code: 'access-denied' })
  expect(await other.admin.createQueue('jobs', {})).toContain('jobs')
})
