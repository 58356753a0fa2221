import { expect, test } from 'vitest'
import { apply, createConsumer, createProducer, deadLetter, defineMessage, defineQueue, plan } from 'waybill'
import { fail, hang, simulate, type Simulation, VirtualClock } from 'waybill/testing'
import { z } from 'zod'
import { capturedLog } from '../../packages/consumer/test/support/captured-log.ts'
import { mortal } from './mortal.ts'

const Job = defineMessage('job', z.object({ n: z.int(), text: z.string().optional() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 3 } })
const ordered = defineQueue('ordered', { messages: [Job], fifo: true, group: () => 'g', deadLetter: { attempts: 3 } })
const bare = defineQueue('bare', { messages: [Job] })

async function account(queue: typeof jobs) {
  const clock = new VirtualClock()
  const { lines, logger } = capturedLog()
  const aws = simulate({ clock, logger })
  await apply(await plan(aws, [queue]))
  const producer = createProducer(aws, queue)
  const send = async (n: number, text?: string) => {
    await clock.until(producer.send('job', { n, text }, { id: `id-${n}` }))
    // only what consumers send is to fail
    await clock.until(producer.flush())
  }
  return { aws, clock, lines, producer, send }
}

const refusing = (aws: Simulation<VirtualClock>) =>
  createConsumer(aws, jobs, { handlers: { job: () => deadLetter('no use') } })

test.each([
  ['permission to send', fail('access-denied'), /sqs:SendMessage/],
  ['KMS key', fail('kms-denied'), /kms/i],
  ['dead-letter queue', fail('queue-missing'), /queue/i],
])(
  'without a %s a message is kept, until SQS itself moves it; the error says what is missing',
  async (_what, fault, says) => {
    const { aws, clock, lines, producer, send } = await account(jobs)
    await send(1)
    const refused = aws.faults.on('send', fault)
    const consumer = refusing(aws)
    await consumer.start()
    await clock.advance('5s')
    // hidden for the longest back-off
    expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [{ receives: 1 }] })
    const [error] = lines.filter(
      ({ level, message }) => level === 'error' && message.includes('could not move a message'),
    )
    expect(error?.message).toMatch(says)
    await clock.advance('12h')
    // by SQS: without provenance
    expect(aws.deadLetters(jobs)).toMatchObject([{ id: 'id-1', provenance: undefined }])
    refused[Symbol.dispose]()
    await clock.until(Promise.all([consumer.stop({ cutPolls: true }), producer.close()]))
    await aws.close()
  },
)

test('without a dead-letter queue nothing is moved and nothing deleted: it comes again at the longest back-off', async () => {
  const { aws, clock, lines, producer, send } = await account(bare)
  await send(1)
  const starts: number[] = []
  const consumer = createConsumer(aws, bare, {
    handlers: { job: () => (starts.push(clock.now()), deadLetter('no use')) },
  })
  await consumer.start()
  await clock.advance('1h')
  expect(starts.length).toBeGreaterThanOrEqual(4)
  expect(starts.length).toBeLessThanOrEqual(5)
  expect(aws.contents(bare).inFlight).toHaveLength(1)
  expect(
    lines.filter(({ level, message }) => level === 'error' && message.startsWith('no dead-letter queue')),
  ).toHaveLength(starts.length)
  await clock.until(Promise.all([consumer.stop({ cutPolls: true }), producer.close()]))
  await aws.close()
})

test.each([
  ['standard', jobs, 2],
  ['FIFO', ordered, 1],
])(
  'a worker that dies between the copy and the delete leaves at most another copy of the same id: %s',
  async (_kind, queue, copies) => {
    const { aws, clock, producer, send } = await account(queue)
    await send(1)
    const first = mortal(aws)
    const handlers = { job: () => deadLetter('no use') }
    const dying = createConsumer(first.connection, queue, { handlers })
    const undeleted = aws.faults.on('delete', hang())
    await dying.start()
    await clock.advance('1s')
    expect(aws.deadLetters(queue)).toHaveLength(1)
    expect(aws.contents(queue).inFlight).toHaveLength(1)
    first.die()
    undeleted[Symbol.dispose]()
    const second = createConsumer(aws, queue, { handlers })
    await second.start()
    await clock.advance('2m')
    expect(aws.contents(queue)).toEqual({ visible: [], inFlight: [], delayed: [] })
    const ids = aws.deadLetters(queue).map(({ id, provenance }) => [id, provenance?.reason])
    expect(ids).toEqual(Array.from({ length: copies }, () => ['id-1', 'no use']))
    await clock.until(Promise.all([second.stop({ cutPolls: true }), producer.close()]))
  },
)

test('a message as large as SQS allows is moved, with as much provenance as there is room for', async () => {
  const { aws, clock, producer, send } = await account(jobs)
  await send(1, 'x'.repeat(1_048_000))
  const consumer = refusing(aws)
  await consumer.start()
  await clock.advance('5s')
  expect(aws.deadLetters(jobs)).toMatchObject([{ id: 'id-1' }])
  expect(aws.contents(jobs)).toEqual({ visible: [], inFlight: [], delayed: [] })
  await clock.until(Promise.all([consumer.stop({ cutPolls: true }), producer.close()]))
  await aws.close()
})
