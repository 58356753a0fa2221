import { delayAnswer, delayCall, dropAnswer, hang, simulate, VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { CALL, jobs, JOBS } from './support/jobs.ts'

describe('dropAnswer', () => {
  test('the call has its effect, and its connection is lost at once', async () => {
    await using aws = await jobs()
    aws.faults.on('send', dropAnswer())
    await expect(aws.send('a')).rejects.toMatchObject({ code: 'network', verdict: 'now', unknown: true })
    expect({ sent: aws.visible(), at: aws.clock.now() }).toEqual({ sent: ['a'], at: 0 })
  })

  test('at once is while the clock stands still', async () => {
    await using aws = simulate({ clock: new VirtualClock() })
    await aws.admin.createQueue('jobs', {})
    aws.faults.on('send', dropAnswer())
    const sending = aws.api.sqs.sendMessage({ QueueUrl: 'jobs', MessageBody: 'a' })
    await expect(sending).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test('or later', async () => {
    await using aws = await jobs()
    await aws.send('a')
    aws.faults.on('receive', dropAnswer({ after: '2s' }))
    await expect(aws.receive()).rejects.toMatchObject({ code: 'network' })
    expect({ ...aws.counts(), at: aws.clock.now() }).toMatchObject({ inFlight: 1, at: 2_000 })
  })

  test('a publish has reached its queues', async () => {
    await using aws = await jobs()
    aws.faults.on('publish', dropAnswer())
    await expect(aws.publish('a')).rejects.toMatchObject({ code: 'network', unknown: true })
    expect(aws.visible()).toEqual(['a'])
  })

  test('a refusal is lost too', async () => {
    await using aws = await jobs()
    aws.faults.on('admin', dropAnswer())
    await expect(aws.aws.admin.queueAttributes('missing')).rejects.toMatchObject({ code: 'network' })
  })
})

describe('delayAnswer', () => {
  test('the call has its effect at once and its answer later', async () => {
    await using aws = await jobs()
    aws.faults.on('send', delayAnswer('2s'))
    const sending = aws.send('a')
    expect(aws.visible()).toEqual(['a'])
    expect(await sending).toMatchObject([{ ok: true }])
    expect(aws.clock.now()).toBe(2_000)
  })

  test('a refusal comes later too', async () => {
    await using aws = await jobs()
    aws.faults.on('admin', delayAnswer('2s'))
    await expect(aws.aws.admin.queueAttributes('missing')).rejects.toMatchObject({ code: 'queue-not-found' })
    expect(aws.clock.now()).toBe(2_000)
  })

  test('an answer that comes too late is none, though the effect is there', async () => {
    await using aws = await jobs()
    aws.faults.on('send', delayAnswer('31s'))
    await expect(aws.send('a')).rejects.toMatchObject({ code: 'timeout', verdict: 'now', unknown: true })
    expect({ sent: aws.visible(), at: aws.clock.now() }).toEqual({ sent: ['a'], at: CALL.timeout })
  })
})

describe('delayCall', () => {
  test('the call has its effect later', async () => {
    await using aws = await jobs()
    aws.faults.on('send', delayCall('2s'))
    const sending = aws.send('a')
    expect(aws.visible()).toEqual([])
    expect(await sending).toMatchObject([{ ok: true }])
    expect({ sent: aws.visible(), at: aws.clock.now() }).toEqual({ sent: ['a'], at: 2_000 })
  })

  test('a call that is cut before has no effect at all', async () => {
    await using aws = await jobs()
    aws.faults.on('send', delayCall('31s'))
    await expect(aws.send('a')).rejects.toMatchObject({ code: 'timeout' })
    await aws.clock.advance('1m')
    expect(aws.visible()).toEqual([])
  })
})

describe('hang', () => {
  test('the call has no effect and no answer within its time', async () => {
    await using aws = await jobs()
    aws.faults.on('send', hang())
    await expect(aws.send('a')).rejects.toMatchObject({ code: 'timeout', verdict: 'now', unknown: true })
    expect({ sent: aws.visible(), at: aws.clock.now() }).toEqual({ sent: [], at: CALL.timeout })
  })

  test('it ends when it is called off, before it is made too', async () => {
    await using aws = await jobs()
    aws.faults.on('receive', hang())
    const controller = new AbortController()
    const request = { max: 10, wait: 20, visibilityTimeout: 60 }
    const receive = aws.aws.sqs.receive(await aws.aws.queue(JOBS), request, { ...CALL, signal: controller.signal })
    controller.abort()
    await expect(receive).rejects.toMatchObject({ code: 'aborted' })
    const options = { abortSignal: AbortSignal.abort(new Error('called off')) }
    await expect(aws.aws.api.sqs.receiveMessage({ QueueUrl: 'jobs' }, options)).rejects.toThrow('called off')
  })
})
