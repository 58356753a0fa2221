import { createServer } from 'node:net'
import { createConsumer } from '@waybill/consumer'
import { defineMessage, defineQueue, defineTopic } from '@waybill/schema'
import { connect, SqsError } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { capturedLog } from './support/captured-log.ts'
import { sqsError } from './support/faults.ts'
import { consume, rig, seen } from './support/rig.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 3 } })
const handlers = { job: () => {} }

/** An address where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

describe.concurrent('start', () => {
  test('rejects when the queue does not exist, naming it, the region and what to do', async () => {
    await using at = await rig(jobs)
    const consumer = consume(at.aws, defineQueue('jbos', { messages: [Job] }), { handlers })
    const error: unknown = await consumer.start().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'SqsError', code: 'queue-not-found' })
    expect(String(error)).toMatch(/jbos.*us-east-1/s)
    expect(consumer.state).toBe('stopped')
  })

  test('waits for an endpoint that refuses connections, naming it, and stops at once', async () => {
    const { logger, lines } = capturedLog()
    const port = await closedPort()
    await using aws = connect({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      aws: { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
      logger,
    })
    const warned = Promise.withResolvers<void>()
    const consumer = consume(
      {
        ...aws,
        logger: {
          ...logger,
          child: () => ({
            ...logger,
            warn: (fields: object | string, text?: string) => (logger.warn(Object(fields), text), warned.resolve()),
          }),
        },
      },
      jobs,
      { handlers },
    )
    const starting = consumer.start()
    await warned.promise
    const before = performance.now()
    expect(await consumer.stop()).toEqual({ released: 0, abandoned: 0 })
    await starting
    expect(performance.now() - before).toBeLessThan(500)
    expect(lines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining(`127.0.0.1:${port}`) })
  })

  test('waits between its tries no longer than until it is stopped', async () => {
    const at = await virtualSqs(jobs)
    const outage = { ...at.aws, queue: () => Promise.reject(sqsError('network', 'later')) }
    const consumer = createConsumer(outage, jobs, { handlers })
    const starting = consumer.start()
    await at.clock.advance('10m')
    expect(consumer.state).toBe('starting')
    const stopping = consumer.stop()
    await at.clock.advance('0ms')
    expect({ state: consumer.state, timers: at.clock.timers }).toEqual({ state: 'stopped', timers: 0 })
    await Promise.all([starting, stopping])
  })

  test('rejects when the queue is of the other kind', async () => {
    await using at = await rig(jobs)
    const url = await at.aws.admin.createQueue('kind.fifo', { FifoQueue: 'true' })
    const wrong = { ...at.aws, queue: () => Promise.resolve({ name: 'kind', url, fifo: false }) }
    await expect(consume(wrong, jobs, { handlers }).start()).rejects.toThrow(
      "Queue 'jobs' is a FIFO queue in the account. Declare it with fifo: true, or locate another.",
    )
  })

  test('goes on without verifying the queue when it may not read its attributes, and says which permission is missing', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const denied = new SqsError('access-denied', 'denied', { verdict: 'never', unknown: false })
    const blind = { ...at.aws, admin: { ...at.aws.admin, queueAttributes: () => Promise.reject(denied) } }
    const consumer = consume(blind, jobs, { handlers })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    await consumer.stop()
    expect(at.lines.some((line) => line.message.includes('allow sqs:GetQueueAttributes'))).toBe(true)
  })

  test('warns when the redrive policy names another dead-letter queue, and moves messages there', async () => {
    await using at = await rig(jobs)
    const url = await at.aws.admin.createQueue('elsewhere', {})
    const { QueueArn } = await at.aws.admin.queueAttributes(url)
    await at.aws.admin.setQueueAttributes(at.queue.url, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 100 }),
    })
    await at.putRaw('not json', {})
    const consumer = consume(at.aws, jobs, { handlers })
    const invalid = seen(consumer, 'invalid')
    await consumer.start()
    await invalid
    await consumer.stop()
    expect(await at.dead()).toEqual([])
    const moved = await at.aws.sqs.receive(
      { name: 'elsewhere', url, fifo: false },
      { max: 10, wait: 0, visibilityTimeout: 30 },
      { timeout: 5_000 },
    )
    expect(moved.map(({ body }) => body)).toEqual(['not json'])
    expect(at.lines.some((line) => line.message.includes('another dead-letter queue'))).toBe(true)
  })

  test('says for how long failing messages are tried, and warns when that is under a minute', async () => {
    await using at = await rig(jobs)
    const patient = consume(at.aws, jobs, { handlers, backoff: { first: '1m', max: '15m' } })
    await patient.start()
    const hasty = consume(at.aws, jobs, { handlers, backoff: { first: '1s', max: '1s' } })
    await hasty.start()
    await Promise.all([patient.stop(), hasty.stop()])
    const spans = at.lines.filter((line) => 'rideOutSeconds' in line.fields)
    expect(spans.map(({ level, fields }) => [level, fields['rideOutSeconds']])).toEqual([
      ['info', 135],
      ['warn', 2],
    ])
  })

  test('is answered alike by calls at the same time, and the state says how far it is', async () => {
    await using at = await rig(jobs)
    const states: string[] = []
    const consumer = consume(at.aws, jobs, {
      handlers,
      on: { state: ({ from, to }) => void states.push(`${from} → ${to}`) },
    })
    expect(consumer.state).toBe('idle')
    await Promise.all([consumer.start(), consumer.start()])
    await consumer.stop()
    expect(states).toEqual(['idle → starting', 'starting → running', 'running → stopping', 'stopping → stopped'])
  })
})

test('a queue that subscribes to a topic opens the envelopes of that topic only', async () => {
  const topic = defineTopic('events', { messages: [Job] })
  const inbox = defineQueue('inbox', { subscriptions: [topic.select('job')], deadLetter: {} })
  await using at = await rig(inbox)
  const { arn } = await at.aws.topic(topic)
  const envelope = (topicArn: string, n: number) =>
    JSON.stringify({
      Type: 'Notification',
      MessageId: `sns-${n}`,
      TopicArn: topicArn,
      Message: JSON.stringify({ n }),
      Timestamp: new Date().toISOString(),
      MessageAttributes: {
        'waybill-type': { Type: 'String', Value: 'job' },
        'waybill-version': { Type: 'Number', Value: '1' },
      },
    })
  await at.putRaw(envelope(arn, 1), {})
  await at.putRaw(envelope(`${arn}-other`, 2), {})
  const handled: unknown[] = []
  const consumer = consume(at.aws, inbox, { handlers: { job: ({ n }, { id }) => void handled.push([n, id]) } })
  const both = Promise.all([seen(consumer, 'settled'), seen(consumer, 'invalid')])
  await consumer.start()
  await both
  await consumer.stop()
  expect(handled).toEqual([[1, 'sns-1']])
  expect(await at.dead()).toHaveLength(1)
})
