import { setImmediate } from 'node:timers/promises'
import { createProducer, SendError } from '@waybill/producer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { messageBytes } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account, texts } from './support/account.ts'
import { Note, notes } from './support/contracts.ts'
import { virtual } from './support/virtual.ts'

describe('a message sent to a queue', () => {
  test('is its payload as JSON, with what it is in attributes', async () => {
    await using at = account()
    await at.create(notes)
    await using producer = createProducer(at.aws, notes)
    const sent = await producer.send('note', { n: 1, text: 'é' }, { attributes: { tenant: 'acme' } })
    const [message, ...others] = await at.received(notes)
    expect(others).toEqual([])
    expect(message?.body).toBe('{"n":1,"text":"é"}')
    expect(message && texts(message)).toEqual({
      'waybill-type': 'note',
      'waybill-version': '1',
      'waybill-id': sent.id,
      tenant: 'acme',
    })
    expect(sent.messageId).toBe(message?.messageId)
    expect(sent.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/)
  })

  test('keeps the id that it is given', async () => {
    await using at = account()
    await at.create(notes)
    await using producer = createProducer(at.aws, notes)
    expect(await producer.send('note', { n: 1 }, { id: 'order-17/paid' })).toMatchObject({ id: 'order-17/paid' })
    expect((await at.received(notes)).map(texts)).toMatchObject([{ 'waybill-id': 'order-17/paid' }])
  })

  test('is hidden for its delay', async () => {
    await using at = account()
    await at.create(notes)
    await using producer = createProducer(at.aws, notes)
    await producer.send('note', { n: 1 }, { delay: '15m' })
    const { url } = await at.aws.queue(notes)
    expect(await at.aws.admin.queueAttributes(url)).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '1',
    })
  })

  test('bears the fair-queue key of a standard queue, hashed where SQS would refuse it', async () => {
    const fair = defineQueue('fair', { messages: [Note], group: (m) => m.payload.text ?? 'none' })
    const at = virtual()
    const producer = createProducer(at.connection, fair)
    const texts = ['tenant-1', 'tenant two', 'tenant two', 'tenant  two', 'x'.repeat(129)]
    const sends = texts.map((text, n) => producer.send('note', { n, text }))
    await at.pass('5ms')
    await Promise.all(sends)
    const [first, hashed, same, other, long] = at.calls.flatMap(({ entries }) => entries).map(({ group }) => group)
    expect(first).toBe('tenant-1')
    expect([hashed, other, long]).toEqual(Array(3).fill(expect.stringMatching(/^[\da-f]{64}$/)))
    expect(new Set([hashed, same, other, long]).size).toBe(3)
  })

  test('is written in the newest version, or in the one that the producer is told', async () => {
    const Price = defineMessage('price', z.object({ cents: z.int() })).evolve(
      z.object({ cents: z.int(), currency: z.string() }),
      ({ cents }) => ({ cents, currency: 'EUR' }),
    )
    const prices = defineQueue('prices', { messages: [Price] })
    await using at = account()
    await at.create(prices)
    await using newest = createProducer(at.aws, prices)
    await using older = createProducer(at.aws, prices, { write: { price: 1 } })
    await newest.send('price', { cents: 5, currency: 'USD' })
    await older.send('price', { cents: 7, currency: 'USD' })
    const received = await at.received(prices)
    const written = received.map((message) => [message.body, texts(message)['waybill-version']])
    expect(new Set(written)).toEqual(
      new Set([
        ['{"cents":5,"currency":"USD"}', '2'],
        ['{"cents":7}', '1'],
      ]),
    )
  })

  test('may have 1 MiB in UTF-8 with its attributes, and not a byte more', async () => {
    await using at = account()
    await at.create(notes)
    await using producer = createProducer(at.aws, notes)
    const id = 'big'
    await producer.send('note', { n: 1, text: '' }, { id })
    const [empty] = await at.received(notes)
    const room = 1_048_576 - messageBytes(empty?.body ?? '', empty?.attributes ?? {})
    const text = 'é'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2)
    await producer.send('note', { n: 1, text }, { id })
    expect(await at.received(notes)).toMatchObject([{ body: JSON.stringify({ n: 1, text }) }])
    await expect(producer.send('note', { n: 1, text: `${text}x` }, { id })).rejects.toThrow(
      new SendError(
        'too-large',
        'note',
        id,
        "has 1048577 bytes with its attributes, and queue 'notes' takes at most 1048576. Keep the content elsewhere and send where it is.",
      ),
    )
  })
})

describe('a producer that closes', () => {
  test('waits for what it has accepted, and leaves the connection open', async () => {
    await using at = account()
    await at.create(notes)
    const producer = createProducer(at.aws, notes, { linger: '10s' })
    const sends = [producer.send('note', { n: 1 }), producer.send('note', { n: 2 })]
    await producer.close()
    const settled = Promise.allSettled(sends)
    expect(await Promise.race([settled, setImmediate('still open')])).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ])
    expect(await at.received(notes)).toHaveLength(2)
  })

  test('takes nothing more, however often it is closed', async () => {
    await using at = account()
    const producer = createProducer(at.aws, notes)
    await Promise.all([producer.close(), producer.close()])
    await expect(producer.send('note', { n: 1 }, { id: 'late' })).rejects.toThrow(
      new SendError('closed', 'note', 'late', "was not sent: the producer of queue 'notes' is closed."),
    )
  })
})
