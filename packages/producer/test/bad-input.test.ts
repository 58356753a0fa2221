import { createServer } from 'node:net'
import { createProducer } from '@waybill/producer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { dropAnswer, endpoint, fail, hang, simulate, VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createQueue } from './support/account.ts'
import { calls, numbersIn } from './support/calls.ts'
import { news, notes } from './support/contracts.ts'
import { js } from './support/javascript.ts'
import { rejection } from './support/rejection.ts'

const empty = simulate()

describe('a message that does not fit', () => {
  test('rejects with every path that is wrong', async () => {
    const producer = js.createProducer(empty, notes)
    await expect(producer.send('note', { n: 'one', text: 2 })).rejects.toMatchObject({
      name: 'ContractError',
      code: 'invalid-payload',
      type: 'note',
      version: 1,
      issues: [{ path: 'payload.n' }, { path: 'payload.text' }],
    })
  })

  test('rejects without spoiling the batch of its neighbours', async () => {
    await using aws = await account([notes])
    const producer = js.createProducer(aws, notes)
    const settled = await Promise.allSettled([
      producer.send('note', { n: 1 }),
      producer.send('note', { n: 'two' }),
      producer.send('note', { n: 3, text: 'x'.repeat(1_048_576) }),
      producer.send('note', { n: 4 }, { attributes: { 'AWS.x': 'y' } }),
      producer.send('note', { n: 5 }),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled'])
    expect(numbersIn(aws, notes)).toEqual([1, 5])
  })

  test('rejects when its type is not one of the queue', async () => {
    const inbox = defineQueue('inbox', { subscriptions: [news.select('note')] })
    expect(await rejection(js.createProducer(empty, notes).send('nope', {}))).toMatchObject({
      code: 'unknown-type',
      message: "'nope' is not a message of queue 'notes'. Its messages are note.",
    })
    expect(await rejection(js.createProducer(empty, inbox).send('note', { n: 1 }))).toMatchObject({
      code: 'unknown-type',
      message:
        "'note' is not a message of queue 'inbox'. It declares no messages of its own: send to a topic that it subscribes to.",
    })
  })

  test('rejects when it does not fit the older version that the producer writes', async () => {
    const Price = defineMessage('price', z.object({ cents: z.int() })).evolve(
      z.object({ euros: z.number() }),
      (v1) => ({
        euros: v1.cents / 100,
      }),
    )
    const prices = defineQueue('prices', { messages: [Price] })
    const producer = createProducer(empty, prices, { write: { price: 1 } })
    await expect(producer.send('price', { euros: 1 })).rejects.toMatchObject({
      code: 'invalid-payload',
      version: 1,
      issues: [{ path: 'payload.cents' }],
    })
  })
})

describe('what is not there', () => {
  test('is named with its region and account: a queue', async () => {
    await using aws = simulate({ namePrefix: 'dev-' })
    const producer = createProducer(aws, notes)
    const thrown = await rejection(producer.send('note', { n: 1 }, { id: 'x' }))
    expect(thrown).toMatchObject({
      code: 'refused',
      unknown: false,
      cause: { code: 'queue-not-found' },
      message:
        "note (id x) failed: queue 'notes': GetQueueUrl found no queue 'dev-notes' in us-east-1, account 000000000000. Create it with apply(), or say where it is with connect({ locate }).",
    })
  })

  test('is found as soon as it is there', async () => {
    await using aws = simulate()
    await using producer = createProducer(aws, notes)
    await expect(producer.send('note', { n: 1 })).rejects.toMatchObject({ code: 'refused' })
    await createQueue(aws, notes)
    await expect(producer.send('note', { n: 2 })).resolves.toBeDefined()
  })

  test('is named: a topic', async () => {
    await using aws = simulate()
    const producer = createProducer(aws, news)
    const thrown = await rejection(producer.send('note', { n: 1 }))
    expect(thrown).toMatchObject({
      code: 'refused',
      cause: { code: 'topic-not-found' },
      message: expect.stringContaining("topic 'news' (arn:aws:sns:us-east-1:000000000000:news)"),
    })
  })

  test('is named: an endpoint that refuses connections, tried until the timeout', async () => {
    const url = await unusedUrl()
    const clock = new VirtualClock()
    await using aws = endpoint(url)
    const firstTry = Promise.withResolvers<void>()
    const queue: typeof aws.queue = (declared) => aws.queue(declared).finally(firstTry.resolve)
    await using producer = createProducer({ ...aws, clock, queue }, notes)
    const thrown = rejection(producer.send('note', { n: 1 }))
    await clock.advance('0ms')
    await firstTry.promise
    await clock.advance('30s')
    expect(await thrown).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining(`could not connect to ${url} (ECONNREFUSED)`),
    })
  })

  test.each([
    ['whose answers are lost', dropAnswer(), 'timeout'],
    ['that is not answered', hang(), 'timeout'],
    ['that fails as nobody expects', fail(new TypeError('a bug')), 'refused'],
  ])('was not sent to: a look-up %s leaves no doubt', async (_which, fault, code) => {
    await using aws = await account([notes])
    aws.faults.on('admin', fault)
    await using producer = createProducer(aws, notes, { timeout: '5s' })
    await expect(producer.send('note', { n: 1 })).rejects.toMatchObject({ code, unknown: false })
    expect(calls(aws)).toEqual([])
  })
})

/** Where nothing listens. */
async function unusedUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}
