// SQS takes ten attributes. Five are Waybill's, trace context included, and four the sender's own: one is left for where a
// dead letter comes from, so that no message ever has to do without one.
import { propagation } from '@opentelemetry/api'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Connection, createConsumer, createProducer, deadLetter, OptionsError, readProvenance } from 'waybill'
import { jobs } from '../support/contracts.ts'
import { duty } from '../support/duty.ts'

const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'vendor=1' }
const own = (count: number) => Object.fromEntries(Array.from({ length: count }, (_each, n) => [`own-${n}`, 'x']))

beforeAll(() => {
  propagation.setGlobalPropagator({
    inject(_from, carrier, setter) {
      for (const [name, value] of Object.entries(trace)) setter.set(carrier, name, value)
    },
    extract: (from) => from,
    fields: () => Object.keys(trace),
  })
})
afterAll(() => propagation.disable())

/** Moves what is in the queue to the dead-letter queue, and receives it there. */
async function moved(aws: Connection) {
  await using consumer = createConsumer(aws, jobs, { waitTime: '1s', handlers: { job: () => deadLetter('no') } })
  await consumer.start()
  const queue = await aws.queue({ name: 'jobs-dead-letter', fifo: false })
  const [message] = await aws.sqs.receive(queue, { max: 1, wait: 10, visibilityTimeout: 30 }, { timeout: 15_000 })
  return message?.attributes ?? {}
}

duty(
  146,
  'four own attributes, the trace context and where a dead letter comes from make ten',
  async ({ asked, aws, provision }) => {
    await provision(jobs)
    await using producer = createProducer(aws, jobs)
    await producer.send('job', { n: 1 }, { attributes: own(4) })
    const attributes = await moved(aws)
    expect(Object.keys(attributes)).toHaveLength(10)
    expect(attributes).toMatchObject({
      traceparent: { value: trace.traceparent },
      tracestate: { value: trace.tracestate },
      'own-3': { value: 'x' },
    })
    expect(readProvenance(attributes)).toMatchObject({ reason: 'no' })
    expect(asked.send.flat().map((entry) => Object.keys(entry.attributes).length)).toEqual([9, 10])
  },
)

duty(146, 'a fifth own attribute is refused before anything is sent', async ({ asked, aws, provision }) => {
  await provision(jobs)
  await using producer = createProducer(aws, jobs)
  const send = producer.send('job', { n: 1 }, { attributes: own(5) })
  await expect(send).rejects.toThrow(
    new OptionsError(
      "attributes: 5 are too many, at most 4 can be a message's own: SQS allows ten, and Waybill needs the rest. Put what is more into the payload.",
    ),
  )
  expect(asked.send).toEqual([])
})

duty(
  146,
  'a dead letter of others that has ten attributes already keeps them, and gets no eleventh',
  async ({ aws, provision }) => {
    await provision(jobs)
    const texts = { 'waybill-type': 'job', 'waybill-version': '1', ...own(8) }
    const attributes = Object.fromEntries(
      Object.entries(texts).map(([name, value]) => [name, { type: 'String', value }]),
    )
    await aws.sqs.send(await aws.queue(jobs), [{ body: '{"n":1}', attributes }], { timeout: 5_000 })
    expect(await moved(aws)).toEqual(attributes)
  },
)
