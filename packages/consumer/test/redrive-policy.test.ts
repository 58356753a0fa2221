import { createConsumer, retry } from '@waybill/consumer'
import { defineQueue } from '@waybill/schema'
import { readProvenance } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { Job, jobs, steps } from './support/contracts.ts'
import { sqsError } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

describe('a queue of others', () => {
  // emulators keep a number that was set as a text
  test.each([3, '3'])(
    'whose redrive policy allows fewer receives (%j) than attempts has messages moved before SQS would, and a warning',
    async (maxReceiveCount) => {
      const policy = { deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:ops', maxReceiveCount }
      const at = await virtualSqs(jobs, { queueAttributes: async () => ({ RedrivePolicy: JSON.stringify(policy) }) })
      await at.aws.admin.createQueue('ops', {})
      at.put(Job, { n: 1 })
      const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => retry({ reason: 'down' }) } })
      await consumer.start()
      await at.clock.advance('10m')
      expect(at.dead.map(({ attributes }) => readProvenance(attributes))).toMatchObject([
        { receives: 3, attempts: 3, reason: 'attempts exhausted (3): down' },
      ])
      expect(at.lines).toContainEqual(
        expect.objectContaining({
          level: 'warn',
          fields: expect.objectContaining({ attempts: 9, maxReceiveCount: 3 }),
        }),
      )
    },
  )

  const found = { deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:ops.fifo', maxReceiveCount: 3 }
  const foreign = defineQueue('foreign', { messages: [Job], fifo: true, group: () => 'g' })

  test('whose redrive policy allows fewer receives than attempts has a FIFO head tried in place for all of them, and a warning', async () => {
    const at = await virtualSqs(steps, {
      queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy: JSON.stringify(found) }),
    })
    await at.aws.admin.createQueue('ops.fifo', { FifoQueue: 'true' })
    at.put(Job, { n: 1 }, { group: 'g' })
    const consumer = createConsumer(at.aws, steps, {
      retryIn: () => '1s',
      handlers: { job: () => retry({ reason: 'down' }) },
    })
    await consumer.start()
    await at.clock.advance('10m')
    expect(at.dead.map(({ attributes }) => readProvenance(attributes))).toMatchObject([{ receives: 1, attempts: 9 }])
    expect(at.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ attempts: 9, maxReceiveCount: 3 }) }),
    )
  })

  test('with a redrive policy has its failing head moved after as many attempts: followers are not blocked', async () => {
    const at = await virtualSqs(foreign, {
      queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy: JSON.stringify(found) }),
    })
    await at.aws.admin.createQueue('ops.fifo', { FifoQueue: 'true' })
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const runs: number[] = []
    const consumer = createConsumer(at.aws, foreign, {
      handlers: {
        job({ n }) {
          runs.push(n)
          if (n === 1) throw new Error('broken')
        },
      },
    })
    await consumer.start()
    await at.clock.advance('10m')
    expect(runs).toEqual([1, 1, 1, 2])
    expect(at.dead.map(({ body }) => body)).toEqual(['{"n":1}'])
  })

  test('has its dead-letter queue looked up where its redrive policy says, in whichever account that is', async () => {
    const policy = { deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:999999999999:ops', maxReceiveCount: 20 }
    const looked: (string | undefined)[][] = []
    const at = await virtualSqs(jobs, {
      queueAttributes: async () => ({ RedrivePolicy: JSON.stringify(policy) }),
      findQueue: async (...args) => (looked.push(args), `http://virtual/${args[0]}`),
    })
    await createConsumer(at.aws, jobs, { handlers: { job: () => {} } }).start()
    expect(looked).toContainEqual(['ops', '999999999999'])
  })

  test('without a redrive policy is told of when a dead-letter queue is declared', async () => {
    const at = await virtualSqs(jobs)
    await createConsumer(at.aws, jobs, { handlers: { job: () => {} } }).start()
    expect(at.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('has no redrive policy') }),
    )
  })

  test('whose dead-letter queue is missing is not told of for how long messages are tried: they are kept', async () => {
    const at = await virtualSqs(foreign, {
      queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy: JSON.stringify(found) }),
      findQueue: async () => undefined,
    })
    await createConsumer(at.aws, foreign, { handlers: { job: () => {} } }).start()
    expect(at.lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', expect.stringContaining('exhausted messages are kept')],
    ])
  })

  test('whose redrive policy allows as many receives as attempts needs no warning', async () => {
    const policy = { deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:jobs-dead-letter', maxReceiveCount: 9 }
    const at = await virtualSqs(jobs, { queueAttributes: async () => ({ RedrivePolicy: JSON.stringify(policy) }) })
    await createConsumer(at.aws, jobs, { handlers: { job: () => {} } }).start()
    expect(at.lines.filter(({ level }) => level !== 'info')).toEqual([])
  })

  test('whose redrive policy may not be read is not said to have none', async () => {
    const at = await virtualSqs(jobs, { queueAttributes: () => Promise.reject(sqsError('access-denied', 'never')) })
    await createConsumer(at.aws, jobs, { handlers: { job: () => {} } }).start()
    expect(at.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      expect.stringContaining('the queue is not verified'),
    ])
  })

  test.each([
    [4, 'warn'],
    [5, 'info'],
  ] as const)(
    'whose messages are tried %i times is told of for how long, as a warning under a minute',
    async (attempts, level) => {
      const queue = defineQueue('some', { messages: [Job], deadLetter: { attempts } })
      const at = await virtualSqs(queue)
      await createConsumer(at.aws, queue, { handlers: { job: () => {} } }).start()
      expect(at.lines.filter(({ fields }) => 'rideOutSeconds' in fields)).toMatchObject([
        { level, fields: { attempts } },
      ])
    },
  )

  test('has a FIFO head run at its first receive, even when that is the last that its redrive policy allows', async () => {
    const once = JSON.stringify({ ...found, maxReceiveCount: 1 })
    const at = await virtualSqs(steps, { queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy: once }) })
    at.put(Job, { n: 1 }, { group: 'g' })
    let runs = 0
    const consumer = createConsumer(at.aws, steps, { handlers: { job: () => void runs++ } })
    await consumer.start()
    await at.clock.advance('1s')
    expect({ runs, dead: at.dead }).toEqual({ runs: 1, dead: [] })
  })

  test('has a FIFO head run for its last attempt, which is the last receive that its redrive policy allows', async () => {
    const twice = defineQueue('twice', { messages: [Job], fifo: true, group: () => 'g', deadLetter: { attempts: 2 } })
    const policy = JSON.stringify({ ...found, maxReceiveCount: 2 })
    const at = await virtualSqs(twice, { queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy: policy }) })
    at.put(Job, { n: 1 }, { group: 'g' })
    const dead = await at.aws.queue(twice)
    await at.aws.sqs.receive(dead, { max: 1, wait: 0, visibilityTimeout: 1 }, { timeout: 5_000 })
    await at.clock.advance('1s')
    const attempts: number[] = []
    const consumer = createConsumer(at.aws, twice, {
      handlers: { job: (_payload, { attempt }) => void attempts.push(attempt) },
    })
    await consumer.start()
    await at.clock.advance('1s')
    expect({ attempts, dead: at.dead }).toEqual({ attempts: [2], dead: [] })
  })

  test.each([
    [
      'whose dead-letter queue may not be looked up',
      { findQueue: () => Promise.reject(sqsError('access-denied', 'never')) },
      found,
    ],
    ['whose redrive policy is an empty text', {}, undefined],
  ])('%s is consumed all the same', async (_what, look, policy) => {
    const RedrivePolicy = policy ? JSON.stringify(policy) : ''
    const at = await virtualSqs(foreign, { queueAttributes: async () => ({ FifoQueue: 'true', RedrivePolicy }) })
    at.put(Job, { n: 1 }, { group: 'g' })
    const queue = await at.aws.queue(foreign)
    const aws = { ...at.aws, queue: async () => queue, admin: { ...at.aws.admin, ...look } }
    let runs = 0
    const consumer = createConsumer(aws, foreign, { handlers: { job: () => void runs++ } })
    await consumer.start()
    await at.clock.advance('1s')
    expect(runs).toBe(1)
  })
})
