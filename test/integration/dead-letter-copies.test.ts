import { type Attributes, messageBytes, type ReceivedMessage } from '@waybill/sqs'
import { expect } from 'vitest'
import { type Connection, deadLetter, defineQueue, readProvenance } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { replacing, started } from './support/consumers.ts'
import { Job } from './support/jobs.ts'
import { CALL, deadLetterQueue, deploy, left, sendRaw, takeOne } from './support/queues.ts'
import { sendSteps, Step } from './support/steps.ts'

const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 2 } })
const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: ({ payload }) => payload.group,
  visibilityTimeout: '5s',
  deadLetter: { attempts: 2 },
})

const text = (value: string) => ({ type: 'String', value })
const typed = (type: string): Attributes => ({
  'waybill-type': text(type),
  'waybill-version': { type: 'Number', value: '1' },
})
const traced: Attributes = { traceparent: text('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01') }
const own = (count: number): Attributes =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`own-${n}`, text('x')]))

/** The copy of one job, whose handler says no. */
async function copyOf(aws: Connection, body: string, attributes: Attributes): Promise<ReceivedMessage> {
  const queue = await deploy(aws, jobs)
  await sendRaw(aws, queue, { body, attributes })
  const consumer = await started(aws, jobs, { job: () => deadLetter('no') })
  const copy = await takeOne(aws, await deadLetterQueue(aws, jobs))
  await consumer.stop()
  expect(await left(aws, queue)).toBe(0)
  return copy
}

describeEachBackend('the copy in a dead-letter queue', ({ test }) => {
  test('has its group on FIFO, and the id of the original for its deduplication id', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    const entry = { body: '{"group":"a","n":1}', attributes: typed('step'), group: 'a' }
    const messageId = await sendRaw(aws, queue, { ...entry, deduplicationId: 'first' })
    await using _consumer = await started(aws, steps, { step: () => deadLetter('no') })
    const dead = await deadLetterQueue(aws, steps)
    expect(await takeOne(aws, dead)).toMatchObject({ group: 'a', body: entry.body })
    // A duplicate is accepted and not stored.
    await sendRaw(aws, dead, { ...entry, deduplicationId: messageId })
    expect(await left(aws, dead)).toBe(1)
  })

  test('is stored once on FIFO although its worker dies before the original is deleted, and another moves it again', async ({
    aws,
  }) => {
    const queue = await deploy(aws, steps)
    await sendSteps(aws, steps, ['a'], 1)
    const dead = await deadLetterQueue(aws, steps)
    const handlers = { step: () => deadLetter('no') }
    const dying = replacing(aws, () => ({ delete: () => new Promise(() => {}) }))
    const first = await started(dying, steps, handlers)
    expect(readProvenance((await takeOne(aws, dead)).attributes)).toMatchObject({ receives: 1 })
    await first.stop({ timeout: '1s' })
    const moved = Promise.withResolvers<string>()
    const second = await started(aws, steps, handlers, { on: { settled: ({ outcome }) => moved.resolve(outcome) } })
    expect(await moved.promise).toBe('dead-letter')
    await second.stop()
    expect({ left: await left(aws, queue), dead: await left(aws, dead) }).toEqual({ left: 0, dead: 1 })
  })

  test('is stored again on FIFO when it was sent back and fails again, be it within five minutes', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    await sendSteps(aws, steps, ['a'], 1)
    await using _consumer = await started(aws, steps, { step: () => deadLetter('no') })
    const dead = await deadLetterQueue(aws, steps)
    const first = await takeOne(aws, dead)
    await aws.sqs.delete(dead, [first.receiptHandle], CALL)
    const { attributes, body, group } = first
    const messageId = await sendRaw(aws, queue, { attributes, body, group, deduplicationId: 'again' })
    const second = await takeOne(aws, dead)
    expect(second.attributes['waybill-id']).toEqual(first.attributes['waybill-id'])
    expect(readProvenance(second.attributes)).toMatchObject({ messageId })
  })

  test('of a message with ten attributes says why in place of the trace context', async ({ aws }) => {
    const { attributes } = await copyOf(aws, '{"n":1}', { ...typed('job'), ...traced, ...own(7) })
    const { 'waybill-dead-letter': _why, ...rest } = attributes
    expect(rest).toEqual({ ...typed('job'), ...own(7) })
    expect(readProvenance(attributes)).toMatchObject({ reason: 'no' })
  })

  test('of a message with ten attributes and no trace context does not say why', async ({ aws }) => {
    const all = { ...typed('job'), ...own(8) }
    expect((await copyOf(aws, '{"n":1}', all)).attributes).toEqual(all)
  })

  test('of a message of 1 MiB does not say why', async ({ aws }) => {
    const attributes = typed('job')
    const [start, end] = ['{"n":1,"more":"', '"}']
    const body = start + 'x'.repeat(1_048_576 - messageBytes(start + end, attributes)) + end
    const copy = await copyOf(aws, body, attributes)
    expect(copy.attributes).toEqual(attributes)
    expect(copy.body === body).toBe(true)
  })
})
