import { createProducer, SendError } from '@waybill/producer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account } from './support/account.ts'
import { Note, notes } from './support/contracts.ts'

describe('a message sent to a queue', () => {
  test('is its payload as JSON, with what it is in attributes', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const sent = await producer.send('note', { n: 1, text: 'é' }, { attributes: { tenant: 'acme' } })
    const [message, ...others] = aws.contents(notes).visible
    expect(others).toEqual([])
    expect(message?.body).toBe('{"n":1,"text":"é"}')
    expect(message?.attributes).toEqual({
      'waybill-type': 'note',
      'waybill-version': '1',
      'waybill-id': sent.id,
      tenant: 'acme',
    })
    expect(sent.messageId).toBe(message?.messageId)
    expect(sent.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/)
  })

  test('keeps the id that it is given', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    expect(await producer.send('note', { n: 1 }, { id: 'order-17/paid' })).toMatchObject({ id: 'order-17/paid' })
    expect(aws.contents(notes).visible).toMatchObject([{ id: 'order-17/paid' }])
  })

  test('is hidden for its delay', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    await producer.send('note', { n: 1 }, { delay: '15m' })
    expect(aws.contents(notes)).toMatchObject({ visible: [], delayed: [{ body: '{"n":1}' }] })
    await aws.clock.advance('15m')
    expect(aws.contents(notes)).toMatchObject({ visible: [{ body: '{"n":1}' }], delayed: [] })
  })

  test('bears the fair-queue key of a standard queue, hashed where SQS would refuse it', async () => {
    const fair = defineQueue('fair', { messages: [Note], group: (m) => m.payload.text ?? 'none' })
    await using aws = await account([fair])
    await using producer = createProducer(aws, fair)
    const texts = ['tenant-1', 'tenant two', 'tenant two', 'tenant  two', 'x'.repeat(129)]
    await Promise.all(texts.map((text, n) => producer.send('note', { n, text })))
    const [first, hashed, same, other, long] = aws.contents(fair).visible.map(({ group }) => group)
    expect(first).toBe('tenant-1')
    expect([hashed, other, long]).toEqual(Array(3).fill(expect.stringMatching(/^[\da-f]{64}$/)))
    expect(hashed).toBe(same)
    expect(new Set([hashed, other, long]).size).toBe(3)
  })

  test('is written in the newest version, or in the one that the producer is told', async () => {
    const Price = defineMessage('price', z.object({ cents: z.int() })).evolve(
      z.object({ cents: z.int(), currency: z.string() }),
      ({ cents }) => ({ cents, currency: 'EUR' }),
    )
    const prices = defineQueue('prices', { messages: [Price] })
    await using aws = await account([prices])
    await using newest = createProducer(aws, prices)
    await using older = createProducer(aws, prices, { write: { price: 1 } })
    await newest.send('price', { cents: 5, currency: 'USD' })
    await older.send('price', { cents: 7, currency: 'USD' })
    const written = aws.contents(prices).visible.map(({ body, attributes }) => [body, attributes['waybill-version']])
    expect(written).toEqual([
      ['{"cents":5,"currency":"USD"}', '2'],
      ['{"cents":7}', '1'],
    ])
  })

  test('may have 1 MiB in UTF-8 with its attributes, and not a byte more', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const attributes = 'waybill-typeStringnote,waybill-versionNumber1,waybill-idStringbig'.replaceAll(',', '')
    const room = 1_048_576 - '{"n":1,"text":""}'.length - attributes.length
    const text = 'é'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2)
    await producer.send('note', { n: 1, text }, { id: 'big' })
    expect(aws.contents(notes).visible).toMatchObject([{ body: JSON.stringify({ n: 1, text }) }])
    await expect(producer.send('note', { n: 1, text: `${text}x` }, { id: 'big' })).rejects.toThrow(
      new SendError(
        'too-large',
        'note',
        'big',
        "has 1048577 bytes with its attributes, and queue 'notes' takes at most 1048576. Keep the content elsewhere and send where it is.",
      ),
    )
  })
})
