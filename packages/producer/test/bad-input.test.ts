import { createServer } from 'node:net'
import { createProducer } from '@waybill/producer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { endpoint } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { VirtualClock } from '@waybill/testing'
import { account } from './support/account.ts'
import { news, noteIn, notes } from './support/contracts.ts'
import { js } from './support/javascript.ts'
import { rejection } from './support/rejection.ts'
import { virtual } from './support/virtual.ts'

const { connection } = virtual()

describe('a message that does not fit', () => {
  test('rejects with every path that is wrong', async () => {
    const producer = js.createProducer(connection, notes)
    await expect(producer.send('note', { n: 'one', text: 2 })).rejects.toMatchObject({
      name: 'ContractError',
      code: 'invalid-payload',
      type: 'note',
      version: 1,
      issues: [{ path: 'payload.n' }, { path: 'payload.text' }],
    })
  })

  test('rejects without spoiling the batch of its neighbours', async () => {
    await using at = account()
    await at.create(notes)
    const producer = js.createProducer(at.aws, notes)
    const settled = await Promise.allSettled([
      producer.send('note', { n: 1 }),
      producer.send('note', { n: 'two' }),
      producer.send('note', { n: 3, text: 'x'.repeat(1_048_576) }),
      producer.send('note', { n: 4 }, { attributes: { 'AWS.x': 'y' } }),
      producer.send('note', { n: 5 }),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled'])
    expect(new Set((await at.received(notes)).map(({ body }) => noteIn(body).n))).toEqual(new Set([1, 5]))
  })

  test('rejects when its type is not one of the queue', async () => {
    const inbox = defineQueue('inbox', { subscriptions: [news.select('note')] })
    expect(await rejection(js.createProducer(connection, notes).send('nope', {}))).toMatchObject({
      code: 'unknown-type',
      message: "'nope' is not a message of queue 'notes'. Its messages are note.",
    })
    expect(await rejection(js.createProducer(connection, inbox).send('note', { n: 1 }))).toMatchObject({
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
    const producer = createProducer(connection, prices, { write: { price: 1 } })
    await expect(producer.send('price', { euros: 1 })).rejects.toMatchObject({
      code: 'invalid-payload',
      version: 1,
      issues: [{ path: 'payload.cents' }],
    })
  })
})

describe('what is not there', () => {
  test('is named with its region and account: a queue', async () => {
    await using at = account()
    const [physical, producer] = [at.aws.queueName(notes), createProducer(at.aws, notes)]
    const thrown = await rejection(producer.send('note', { n: 1 }, { id: 'x' }))
    expect(thrown).toMatchObject({
      code: 'refused',
      unknown: false,
      cause: { code: 'queue-not-found' },
      message: `note (id x) failed: queue 'notes': GetQueueUrl found no queue '${physical}' in us-east-1, the account of these credentials. Create it with apply(), or say where it is with connect({ locate }).`,
    })
  })

  test('is found as soon as it is there', async () => {
    await using at = account()
    await using producer = createProducer(at.aws, notes)
    await expect(producer.send('note', { n: 1 })).rejects.toMatchObject({ code: 'refused' })
    await at.create(notes)
    await expect(producer.send('note', { n: 2 })).resolves.toBeDefined()
  })

  test('is named: a topic', async () => {
    await using at = account()
    const producer = createProducer(at.aws, news)
    const thrown = await rejection(producer.send('note', { n: 1 }))
    expect(thrown).toMatchObject({
      code: 'refused',
      cause: { code: 'topic-not-found' },
      message: expect.stringMatching(/topic 'news' \(arn:aws:sns:us-east-1:000000000000:[^)]*news\)/),
    })
  })

  test('is named: an endpoint that refuses connections, tried until the timeout', async () => {
    const url = await unusedUrl()
    const clock = new VirtualClock()
    await using aws = endpoint(url)
    const firstTry = Promise.withResolvers<void>()
    const queue: typeof aws.queue = (declared) => aws.queue(declared).finally(firstTry.resolve)
    await using producer = createProducer({ ...aws, clock, queue }, notes, { linger: '0ms' })
    const thrown = rejection(producer.send('note', { n: 1 }))
    await firstTry.promise
    await clock.advance('30s')
    expect(await thrown).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining(`could not connect to ${url} (ECONNREFUSED)`),
    })
  })

  test('was not sent to: a look-up whose answer is lost leaves no doubt', async () => {
    const at = virtual()
    const lost = Object.assign(new Error('No answer.'), { verdict: 'never', unknown: true })
    const producer = createProducer({ ...at.connection, queue: () => Promise.reject(lost) }, notes, { linger: '0ms' })
    await expect(producer.send('note', { n: 1 })).rejects.toMatchObject({ code: 'refused', unknown: false })
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
