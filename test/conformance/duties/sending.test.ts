import type { SendEntry } from '@waybill/sqs'
import { expect } from 'vitest'
import { createProducer, defineMessage, defineQueue, defineTopic, OptionsError, SendError } from 'waybill'
import type { Fault } from 'waybill/testing'
import { z } from 'zod'
import { jobs } from '../support/contracts.ts'
import { duty, simulatedDuty } from '../support/duty.ts'

const Text = defineMessage('text', z.object({ text: z.string() }))
const texts = defineQueue('texts', { messages: [Text] })

duty(
  136,
  "entries that are the sender's fault are not sent again, and every send of the batch settles",
  async ({ asked, aws, provision }) => {
    await provision(texts)
    const { url } = await aws.queue(texts)
    await aws.admin.setQueueAttributes(url, { MaximumMessageSize: '1024' })
    await using producer = createProducer(aws, texts)
    const lengths = [1, 1, 1, 2_000, 1, 1, 1, 2_000, 1, 1]
    const settled = await Promise.allSettled(
      lengths.map((length) => producer.send('text', { text: 'x'.repeat(length) })),
    )
    const refused = settled.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined))
    expect(refused).toEqual(lengths.map((length) => (length > 1 ? expect.any(SendError) : undefined)))
    expect(asked.send.map((entries) => entries.length)).toEqual([10])
  },
)

simulatedDuty(
  136,
  "of two entries that failed, only the one that is not the sender's fault is sent again",
  async ({ aws, clock, provision }) => {
    await provision(jobs)
    const failTwo: Fault = async ({ entries, input }, make) => {
      const [ours, theirs, ...rest] = entries
      const answer = await make({ ...input, Entries: rest })
      const failed = (Id: unknown, SenderFault: boolean) => ({ Id, Code: 'NotKnownHere', SenderFault })
      return { ...Object(answer), Failed: [failed(ours?.['Id'], false), failed(theirs?.['Id'], true)] }
    }
    aws.faults.on('send', failTwo, { times: 1 })
    await using producer = createProducer(aws, jobs)
    using _ = clock.startAtEnd()
    const sends = Array.from({ length: 10 }, (_each, n) => producer.send('job', { n }))
    const settled = await clock.until(Promise.allSettled(sends))
    expect(settled.map(({ status }) => status === 'rejected')).toEqual(sends.map((_send, n) => n === 1))
    const calls = aws.requests.filter(({ kind }) => kind === 'send').map(({ entries }) => entries)
    expect(calls.map((entries) => entries.length)).toEqual([10, 1])
    expect(calls[1]?.[0]?.['MessageBody']).toBe('{"n":0}')
    expect(aws.contents(jobs).visible).toHaveLength(9)
  },
)

duty(137, 'more than ten messages are sent ten at a time', async ({ asked, aws, provision }) => {
  await provision(texts)
  await using producer = createProducer(aws, texts)
  await Promise.all(Array.from({ length: 25 }, () => producer.send('text', { text: 'x' })))
  expect(asked.send.map((entries) => entries.length)).toEqual([10, 10, 5])
})

/** As SQS counts: bodies, and names, types and values of attributes. */
const bytesOf = (entries: readonly SendEntry[] = []): number =>
  entries
    .flatMap(({ attributes, body }) => [
      body,
      ...Object.entries(attributes).flatMap(([name, { type, value }]) => [name, type, value]),
    ])
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0)

duty(
  137,
  "a batch is filled to SQS's 1,048,576 bytes with attributes, and not beyond",
  async ({ asked, aws, provision }) => {
    await provision(texts)
    await using producer = createProducer(aws, texts)
    await producer.send('text', { text: '' })
    const half = 524_288 - bytesOf(asked.send[0])
    const sendBoth = (...lengths: readonly number[]) =>
      Promise.all(lengths.map((length) => producer.send('text', { text: 'x'.repeat(length) })))
    await sendBoth(half, half)
    expect(asked.send.slice(1).map(bytesOf)).toEqual([1_048_576])
    await sendBoth(half, half + 1)
    expect(asked.send.slice(2).map(bytesOf)).toEqual([524_288, 524_289])
  },
)

duty(137, 'bytes are counted, not what the request has as JSON, nor characters', async ({ asked, aws, provision }) => {
  await provision(texts)
  await using producer = createProducer(aws, texts)
  const sendBoth = (text: string) => Promise.all([producer.send('text', { text }), producer.send('text', { text })])
  // 2 bytes in the body, 4 in the request
  await sendBoth('"'.repeat(250_000))
  expect(asked.send.map((entries) => entries.length)).toEqual([2])
  // one character, 3 bytes
  await sendBoth('€'.repeat(180_000))
  expect(asked.send.map((entries) => entries.length)).toEqual([2, 1, 1])
})

const Step = defineMessage('step', z.object({ of: z.string() }))
const group = ({ payload }: { readonly payload: { readonly of: string } }) => payload.of
const history = defineTopic('history', { messages: [Step], fifo: true, group })
const steps = defineQueue('steps', { messages: [Step], subscriptions: [history.select('step')], fifo: true, group })

for (const target of [steps, history])
  duty(
    138,
    `a message that a FIFO ${target.kind} would refuse does not reach the batch of its neighbours`,
    async ({ asked, aws, provision }) => {
      await provision(history, steps)
      await using producer = createProducer(aws, target)
      const settled = await Promise.allSettled([
        producer.send('step', { of: 'a' }),
        producer.send('step', { of: '' }),
        producer.send('step', { of: 'b' }, { id: 'not an id' }),
        producer.send('step', { of: 'c' }, { attributes: { note: 'a\u0001b' } }),
        producer.send('step', { of: 'a group with spaces' }),
        producer.send('step', { of: 'd' }, { delay: '1s' }),
      ])
      const refused = settled.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined))
      const bad = expect.any(OptionsError)
      expect(refused).toEqual([undefined, bad, bad, bad, undefined, bad])
      const calls = target.kind === 'queue' ? asked.send : asked.publish
      expect(calls.map((entries) => entries.map(({ body }) => body))).toEqual([
        ['{"of":"a"}', '{"of":"a group with spaces"}'],
      ])
    },
  )
