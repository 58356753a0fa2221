import { fail, simulate, VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { CALL, jobs, JOBS, STEPS } from './support/jobs.ts'

describe('requests', () => {
  test('tell what each was about, when, and how it ended, in the order of the calls', async () => {
    await using aws = await jobs()
    const before = aws.aws.requests.length
    aws.faults.on('delete', fail('throttled'))
    await aws.send('a', 'b')
    const received = await aws.receive()
    await aws.clock.advance('5s')
    await expect(aws.delete(received)).rejects.toThrow('throttled')
    expect(aws.aws.requests.slice(before)).toMatchObject([
      {
        kind: 'send',
        action: 'SendMessageBatch',
        target: 'jobs',
        entries: [{ MessageBody: 'a' }, { MessageBody: 'b' }],
        at: 0,
        outcome: 'answered',
        error: undefined,
      },
      { kind: 'receive', action: 'ReceiveMessage', input: { WaitTimeSeconds: 0 }, entries: [], outcome: 'answered' },
      { kind: 'delete', at: 5_000, outcome: 'failed', error: { name: 'RequestThrottled' } },
    ])
  })

  test('are open until they are answered, and come before the calls that they set off', async () => {
    await using aws = await jobs()
    const before = aws.aws.requests.length
    const poll = aws.receive({ wait: 20 })
    const [request] = aws.aws.requests.slice(before)
    expect(request).toMatchObject({ outcome: 'open' })
    aws.faults.on('send', (_call, make) => {
      void aws.receive()
      return make()
    })
    await aws.send('a')
    await poll
    expect(request).toMatchObject({ outcome: 'answered' })
    expect(aws.aws.requests.slice(before).map(({ kind }) => kind)).toEqual(['receive', 'send', 'receive'])
  })

  test('are those of the connection, and of the API in the shapes of the AWS SDK', async () => {
    await using aws = simulate()
    await aws.admin.createQueue('jobs', {})
    await aws.api.sqs.sendMessage({ QueueUrl: 'jobs', MessageBody: 'a' })
    const { TopicArn } = await aws.api.sns.createTopic({ Name: 'orders' })
    await aws.api.sns.publish({ TopicArn, Message: 'a' })
    expect(aws.requests.map(({ action, kind, target }) => `${kind} ${action} ${target}`)).toEqual([
      'admin CreateQueue jobs',
      'send SendMessage jobs',
      'admin CreateTopic orders',
      'publish Publish orders',
    ])
  })

  test('that were called off have failed', async () => {
    await using aws = await jobs()
    const controller = new AbortController()
    const request = { max: 1, wait: 20, visibilityTimeout: 60 }
    const poll = aws.aws.sqs.receive(await aws.aws.queue(JOBS), request, { ...CALL, signal: controller.signal })
    controller.abort()
    await expect(poll).rejects.toMatchObject({ code: 'aborted' })
    await aws.clock.advance('0ms')
    expect(aws.aws.requests.at(-1)).toMatchObject({ kind: 'receive', outcome: 'failed' })
  })
})

describe('contents', () => {
  test('are what is visible, in flight and delayed, in the order in which it came', async () => {
    const clock = new VirtualClock()
    await using aws = simulate({ clock })
    await aws.admin.createQueue('jobs', {})
    const queue = await aws.queue(JOBS)
    const entries = ['a', 'b', 'c'].map((body) => ({ body, attributes: {} }))
    await aws.sqs.send(queue, [...entries, { body: 'd', attributes: {}, delay: 60 }], CALL)
    await clock.advance('1s')
    await aws.sqs.receive(queue, { max: 1, wait: 0, visibilityTimeout: 30 }, CALL)
    const begin = Date.UTC(2030, 0)
    expect(aws.contents(JOBS)).toMatchObject({
      visible: [{ body: 'b' }, { body: 'c' }],
      inFlight: [{ body: 'a', receives: 1, sentAt: begin }],
      delayed: [{ body: 'd', receives: 0 }],
    })
    await clock.advance('30s')
    expect(aws.contents(JOBS)).toMatchObject({ visible: [{ body: 'a', receives: 1 }, {}, {}], inFlight: [] })
    await clock.advance('29s')
    expect(aws.contents(JOBS)).toMatchObject({ visible: [{}, {}, {}, { body: 'd' }], delayed: [] })
  })

  test('of a FIFO queue have what waits behind its group among the visible', async () => {
    await using aws = await jobs()
    await aws.sendSteps('a', 'b')
    await aws.receiveSteps({ max: 1 })
    expect(aws.aws.contents(STEPS)).toMatchObject({
      visible: [{ body: 'b', group: 'a' }],
      inFlight: [{ body: 'a', group: 'a' }],
    })
  })

  test('say the type and id of a message, and all of its attributes, binary ones as base64', async () => {
    await using aws = await jobs()
    const attributes = {
      'waybill-type': { type: 'String', value: 'job' },
      'waybill-id': { type: 'String', value: '42' },
      weight: { type: 'Number', value: '1.5' },
      raw: { type: 'Binary', value: new Uint8Array([0, 255]) },
    }
    await aws.aws.sqs.send(
      await aws.aws.queue(JOBS),
      [
        { body: 'a', attributes },
        { body: 'b', attributes: {} },
      ],
      CALL,
    )
    expect(aws.aws.contents(JOBS).visible).toMatchObject([
      {
        type: 'job',
        id: '42',
        attributes: { 'waybill-type': 'job', 'waybill-id': '42', weight: '1.5', raw: 'AP8=' },
      },
      { type: undefined, id: undefined, attributes: {} },
    ])
  })

  test('are found by the prefix of a simulation, and refused without a queue', async () => {
    await using aws = simulate({ namePrefix: 'dev-' })
    await aws.admin.createQueue('dev-jobs', {})
    await aws.api.sqs.sendMessage({ QueueUrl: 'dev-jobs', MessageBody: 'a' })
    expect(aws.contents(JOBS)).toMatchObject({ visible: [{ body: 'a' }] })
    expect(() => aws.contents(STEPS)).toThrow("There is no queue 'steps' in this simulation.")
  })
})

describe('dead letters', () => {
  test('are what is visible in the queue that the redrive policy names', async () => {
    await using aws = await jobs()
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:failed'
    await aws.aws.admin.createQueue('failed', {})
    const { url } = await aws.aws.queue(JOBS)
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 })
    await aws.aws.admin.setQueueAttributes(url, { RedrivePolicy })
    await aws.send('a')
    await aws.receive()
    expect(aws.aws.deadLetters(JOBS)).toEqual([])
    await aws.clock.advance('60s')
    await aws.receive()
    expect(aws.aws.deadLetters(JOBS)).toMatchObject([{ body: 'a', receives: 1 }])
    expect(aws.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  test('are refused without such a policy or queue', async () => {
    await using aws = await jobs()
    expect(() => aws.aws.deadLetters(JOBS)).toThrow("The queue 'jobs' has no redrive policy")
    expect(() => aws.aws.deadLetters({ name: 'missing', fifo: false })).toThrow("There is no queue 'missing'")
  })
})
