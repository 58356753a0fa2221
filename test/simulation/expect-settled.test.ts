import { EventEmitter } from 'node:events'
import { apply, createConsumer, createProducer, deadLetter, type HandlersOf, plan } from 'waybill'
import { expectSettled, type Settling, simulate } from 'waybill/testing'
import { expect, test } from 'vitest'
import { jobs } from './contracts.ts'

/** A consumer that runs, and a producer. Time moves on by itself. */
async function begin(handlers: HandlersOf<typeof jobs>) {
  const stack = new AsyncDisposableStack()
  const aws = stack.use(simulate())
  await apply(await plan(aws, [jobs]))
  const consumer = stack.use(createConsumer(aws, jobs, { handlers, concurrency: 1 }))
  const producer = stack.use(createProducer(aws, jobs))
  await consumer.start()
  return {
    aws,
    consumer,
    send: (n: number) => producer.send('job', { n }, { id: String(n) }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Fails as often as the message's number, then is done. */
const failing: HandlersOf<typeof jobs> = {
  job({ n }, { attempt }) {
    if (attempt <= n) throw new Error(`attempt ${attempt} fails`)
  },
}

test('gives the next outcome of a message of that type', async () => {
  await using life = await begin(failing)
  const settled = expectSettled(life.consumer, 'job')
  await life.send(0)
  expect(await settled).toMatchObject({ type: 'job', id: '0', attempt: 1, outcome: 'done', error: undefined })
})

test('gives every attempt, or the outcome that is waited for', async () => {
  await using life = await begin(failing)
  const first = expectSettled(life.consumer, 'job')
  const last = expectSettled(life.consumer, 'job', { outcome: 'done' })
  await life.send(2)
  expect(await first).toMatchObject({ attempt: 1, outcome: 'retry', error: { message: 'attempt 1 fails' } })
  expect(await last).toMatchObject({ attempt: 3, outcome: 'done' })
})

test('gives the message that is waited for, whatever else is settled before', async () => {
  await using life = await begin({ job: () => {} })
  const settled = expectSettled(life.consumer, 'job', { id: '2' })
  for (const n of [1, 2, 3]) await life.send(n)
  expect(await settled).toMatchObject({ id: '2' })
})

test('gives what became a dead letter, which is then among them', async () => {
  await using life = await begin({ job: () => deadLetter('of no use') })
  const settled = expectSettled(life.consumer, 'job', { outcome: 'dead-letter' })
  await life.send(1)
  expect(await settled).toMatchObject({ id: '1', attempt: 1, reason: 'of no use' })
  expect(life.aws.deadLetters(jobs)).toMatchObject([{ id: '1', type: 'job', provenance: { reason: 'of no use' } }])
})

test('fails when the consumer stops first, and says what was settled', async () => {
  await using life = await begin({ job: () => {} })
  const none = expectSettled(life.consumer, 'job', { id: '9' })
  const failed = expectSettled(life.consumer, 'job', { outcome: 'retry' })
  const all = Array.from({ length: 7 }, (_, n) => expectSettled(life.consumer, 'job', { id: String(n) }))
  for (let n = 0; n < 7; n++) await life.send(n)
  await Promise.all(all)
  const [outcomes] = await Promise.all([Promise.allSettled([none, failed]), life.consumer.stop()])
  const others = 'job 0: done, job 1: done, job 2: done, job 3: done, job 4: done and 2 more'
  const notSettled = { name: 'TestingError', code: 'not-settled' }
  expect(outcomes).toMatchObject([
    { reason: { ...notSettled, message: `The consumer stopped before job 9 was settled, only ${others}.` } },
    { reason: { ...notSettled, message: `The consumer stopped before job was settled as retry, only ${others}.` } },
  ])
})

test('fails when the consumer has stopped', async () => {
  await using life = await begin({ job: () => {} })
  await life.consumer.stop()
  await expect(expectSettled(life.consumer, 'job')).rejects.toMatchObject({
    code: 'not-settled',
    message: 'The consumer stopped before job was settled.',
  })
})

test('refuses what can never come', async () => {
  await using life = await begin({ job: () => {} })
  await expect(expectSettled(life.consumer, 'job', { outcome: 'failed' as never })).rejects.toMatchObject({
    name: 'OptionsError',
    message: "outcome: 'failed' is unknown. Write 'done', 'retry' or 'dead-letter'.",
  })
  await expect(expectSettled(life.consumer, 'job', { attempt: 1 } as never)).rejects.toMatchObject({
    name: 'OptionsError',
    message: "'attempt' is not an option of expectSettled. Its options are id, outcome, timeout.",
  })
})

test('fails in real time when nothing comes, and says what came instead, or that the consumer was never started', async () => {
  await using life = await begin({ job: () => {} })
  const other = expectSettled(life.consumer, 'jbo', { timeout: '300ms' })
  await life.send(1)
  await life.aws.api.sqs.sendMessage({ QueueUrl: 'jobs', MessageBody: 'not ours' })
  await expect(other).rejects.toThrow(
    '300ms passed in real time before jbo was settled, only job 1: done, a message: invalid.',
  )
  await using idle = createConsumer(life.aws, jobs, { handlers: { job: () => {} } })
  await expect(expectSettled(idle, 'job', { timeout: '1ms' })).rejects.toThrow(
    '1ms passed in real time, and the consumer was never started, before job was settled.',
  )
})

test('listens to nothing any more, and leaves no timer, once it has an outcome', async () => {
  const events = new EventEmitter()
  const consumer: Settling = {
    state: 'running',
    on(name: string, listener: (event: never) => void) {
      const listen = (event: unknown) => void Reflect.apply(listener, undefined, [event])
      events.on(name, listen)
      return { [Symbol.dispose]: () => void events.off(name, listen) }
    },
  }
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
  const before = timers()
  const settled = expectSettled(consumer, 'job', { timeout: '20s' })
  expect({ names: events.eventNames(), timers: timers() }).toEqual({
    names: ['settled', 'invalid', 'state'],
    timers: before + 1,
  })
  events.emit('settled', { type: 'job', id: '1', outcome: 'done' })
  await settled
  expect({ names: events.eventNames(), timers: timers() }).toEqual({ names: [], timers: before })
})

test('names five other messages, and no more when there are no more', async () => {
  await using life = await begin({ job: () => {} })
  const none = expectSettled(life.consumer, 'job', { id: '9' })
  const fifth = expectSettled(life.consumer, 'job', { id: '4' })
  for (let n = 0; n < 5; n++) await life.send(n)
  await fifth
  const [failed] = await Promise.allSettled([none, life.consumer.stop()])
  expect(failed).toMatchObject({ reason: { message: expect.stringMatching(/job 4: done\.$/) } })
})
