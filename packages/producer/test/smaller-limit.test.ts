import { createProducer } from '@waybill/producer'
import { type EntryResult, type SendEntry, SqsError } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { news, noteIn, notes, stepIn, steps } from './support/contracts.ts'
import { accepted, sqsError } from './support/faults.ts'
import { rejection } from './support/rejection.ts'
import { virtual } from './support/virtual.ts'

const bytesOf = (entries: readonly SendEntry[]) => entries.reduce((bytes, { body }) => bytes + body.length, 0)

/** AWS with a MaximumMessageSize under the largest: it refuses a call that has more as a whole. */
function upTo(bytes: number) {
  return (entries: readonly SendEntry[]): readonly EntryResult[] => {
    if (bytesOf(entries) <= bytes) return entries.map(() => accepted())
    throw new SqsError('too-large', 'BatchRequestTooLong', { verdict: 'never', unknown: false })
  }
}

const text = 'x'.repeat(8_000)

describe('a queue or topic that takes less than the largest MaximumMessageSize', () => {
  test('gets a batch that is too large for it in halves, in order', async () => {
    const at = virtual(upTo(32_768))
    const producer = createProducer(at.connection, notes)
    const sends = Array.from({ length: 10 }, (_, n) => producer.send('note', { n, text }))
    await at.pass('5ms')
    await Promise.all(sends)
    const numbers = at.bodies().map((bodies) => bodies.map((body) => noteIn(body).n))
    expect(numbers).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [0, 1, 2, 3, 4],
      [0, 1, 2],
      [3, 4],
      [5, 6, 7, 8, 9],
      [5, 6, 7],
      [8, 9],
    ])
  })

  test('gets what is published in halves too', async () => {
    const at = virtual()
    const publish = upTo(65_536)
    const calls: number[] = []
    const connection = {
      ...at.connection,
      topic: async () => ({ name: 'news', arn: 'arn:aws:sns:eu-central-1:123456789012:news', fifo: false }),
      sns: {
        publish: async (_topic: unknown, entries: readonly SendEntry[]) => {
          calls.push(entries.length)
          return publish(entries)
        },
      },
    }
    const producer = createProducer(connection, news)
    const sends = Array.from({ length: 10 }, (_, n) => producer.send('note', { n, text }))
    await at.pass('5ms')
    await Promise.all(sends)
    expect(calls).toEqual([10, 5, 5])
  })

  test('refuses by itself the message that is too large alone', async () => {
    const at = virtual(upTo(4_000))
    const producer = createProducer(at.connection, notes)
    const sends = [1, 2, 3].map((n) => producer.send('note', { n, ...(n === 2 && { text }) }, { id: `note-${n}` }))
    const second = rejection(sends[1] ?? Promise.resolve())
    await at.pass('5ms')
    expect(await second).toMatchObject({ code: 'refused', id: 'note-2', unknown: false, cause: { code: 'too-large' } })
    expect(await Promise.allSettled(sends)).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected' },
      { status: 'fulfilled' },
    ])
  })

  test('gets again only the half whose call failed', async () => {
    const limit = upTo(20_000)
    const at = virtual((entries, call) => {
      if (call === 2) throw sqsError('now', true)
      return limit(entries)
    })
    const producer = createProducer(at.connection, steps)
    const of = (order: string) => order.repeat(8_000)
    const sends = ['a', 'b', 'c', 'd'].map((order, n) => producer.send('step', { of: of(order), n }))
    await at.pass('5s')
    await Promise.all(sends)
    const numbers = at.bodies().map((bodies) => bodies.map((body) => stepIn(body).n))
    expect(numbers).toEqual([
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
      [2, 3],
    ])
  })
})
